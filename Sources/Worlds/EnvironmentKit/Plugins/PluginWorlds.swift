internal import Foundation
internal import Randomness

/// Worlds of a shared library's environment.
final class PluginWorlds: WorldGroup {
  /// What follows the memory that a library is handed: numbers that it must leave as they are.
  private static let guardCount = 16
  private static let guardValue = Float(bitPattern: 0x7FD1_ED6E)

  let count: Int
  private let environment: PluginEnvironment
  private let functions: PluginFunctions
  private let width: Int
  private let handle: UnsafeMutableRawPointer
  private let call = PluginCall()
  /// `[row, component]`, with a guard behind.
  private let observations: UnsafeMutablePointer<Float>
  private let seeds: UnsafeMutablePointer<UInt64>

  init(_ environment: PluginEnvironment, count: Int) throws(EnvironmentError) {
    self.environment = environment
    self.count = count
    functions = environment.functions
    width = environment.specification.observationWidth
    guard
      let handle = environment.functions.makeWorlds(
        environment.handle, Int32(clamping: count), call.pointer)
    else {
      throw functions.error(call.take("make_worlds").message)
    }
    self.handle = handle
    observations = .allocate(capacity: count * width + Self.guardCount)
    observations.initialize(repeating: 0, count: count * width + Self.guardCount)
    seeds = .allocate(capacity: count)
    seeds.initialize(repeating: 0, count: count)
  }

  deinit {
    functions.freeWorlds(handle)
    observations.deallocate()
    seeds.deallocate()
  }

  var specification: EnvironmentSpecification { environment.specification }

  func setTask(_ task: AnyTask) throws(EnvironmentError) {
    let name = functions.name
    guard task.environment == name else {
      throw EnvironmentError("the task \(task) belongs to '\(task.environment)'", environment: name)
    }
    guard functions.setTask(handle, task.json, call.pointer) else {
      throw functions.error(
        "task \(task): \(call.take("set_task").message)", environment: name)
    }
  }

  func reset(
    worlds: Span<Int32>, streams: Span<RandomStream>, observations: inout MutableSpan<Float>
  ) throws(WorldFailure) {
    for row in worlds.indices { seeds[row] = streams[row].key }
    let rows = worlds.count
    let done = prepared(rows) { memory in
      worlds.withUnsafeBufferPointer { indices in
        functions.reset(
          handle, Int32(rows), indices.baseAddress, seeds, memory, call.pointer)
      }
    }
    try finish(done, "reset", rows, &observations)
  }

  func step(
    worlds: Span<Int32>, actions: Span<Float>, observations: inout MutableSpan<Float>,
    rewards: inout MutableSpan<Float>, terminated: inout MutableSpan<Bool>
  ) throws(WorldFailure) {
    let rows = worlds.count
    let done = prepared(rows) { memory in
      worlds.withUnsafeBufferPointer { indices in
        actions.withUnsafeBufferPointer { actions in
          rewards.withUnsafeMutableBufferPointer { rewards in
            terminated.withUnsafeMutableBufferPointer { terminated in
              functions.step(
                handle, Int32(rows), indices.baseAddress, actions.baseAddress, memory,
                rewards.baseAddress, terminated.baseAddress, call.pointer)
            }
          }
        }
      }
    }
    try finish(done, "step", rows, &observations)
  }

  /// Calls a function with memory for the observations of `rows` worlds and a guard behind them.
  private func prepared(
    _ rows: Int, _ body: (UnsafeMutablePointer<Float>) -> Bool
  ) -> Bool {
    (observations + rows * width).update(repeating: Self.guardValue, count: Self.guardCount)
    return body(observations)
  }

  private func finish(
    _ done: Bool, _ function: String, _ rows: Int, _ destination: inout MutableSpan<Float>
  ) throws(WorldFailure) {
    guard done else {
      let (message, row) = call.take(function)
      throw WorldFailure(message, row: row)
    }
    let end = rows * width
    for index in end..<end + Self.guardCount
    where observations[index].bitPattern != Self.guardValue.bitPattern {
      throw WorldFailure(
        "\(function) wrote more than \(width) observations for each of \(rows) "
          + "worlds")
    }
    destination.withUnsafeMutableBufferPointer {
      $0.baseAddress?.update(from: observations, count: end)
    }
  }

  var tellsOutcomes: Bool { functions.outcome != nil }

  func outcome(ofRow row: Int) -> StepOutcome {
    functions.outcome.map { StepOutcome(rawValue: $0(handle, Int32(row))) } ?? []
  }

  func scene(of world: Int) -> Scene? {
    guard let show = functions.scene else { return nil }
    let text = pluginText { memory, capacity in
      show(handle, Int32(world), memory, capacity, call.pointer)
    }
    guard let text else {
      _ = call.take("scene")
      return nil
    }
    return try? JSONDecoder().decode(Scene.self, from: Data(text.utf8))
  }
}
