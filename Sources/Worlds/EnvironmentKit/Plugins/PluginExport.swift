internal import CPlugin
internal import Foundation
internal import Randomness

/// Lists environments written in Swift as the contents of a shared library.
///
/// A dynamic library product with this one function can be loaded with `--plugin`:
///
/// ```swift
/// @_cdecl("fledge_plugin")
/// public func plugin() -> UnsafeRawPointer {
///   pluginContents([EnvironmentDefinition(MyEnvironment.self)])
/// }
/// ```
///
/// - Parameter definitions: The environments.
/// - Returns: The library's contents as `fledge_plugin.h` lays them out, which stay for as long as the
///   process runs.
public func pluginContents(_ definitions: [EnvironmentDefinition]) -> UnsafeRawPointer {
  let environments = UnsafeMutablePointer<fledge_environment>.allocate(capacity: definitions.count)
  for (index, definition) in definitions.enumerated() {
    (environments + index).initialize(to: exported(definition))
  }
  let contents = UnsafeMutablePointer<fledge_plugin_contents>.allocate(capacity: 1)
  contents.initialize(
    to: fledge_plugin_contents(
      version: UInt32(FLEDGE_PLUGIN_VERSION), count: Int32(definitions.count),
      environments: environments))
  return UnsafeRawPointer(contents)
}

private func exported(_ definition: EnvironmentDefinition) -> fledge_environment {
  fledge_environment(
    name: UnsafePointer(strdup(definition.name)),
    summary: UnsafePointer(strdup(definition.summary)),
    context: retained(Box(definition)),
    create: { context, parameters, error in
      reporting(to: error) {
        let json = Data((parameters.map { String(cString: $0) } ?? "{}").utf8)
        guard let given = try? JSONDecoder().decode([String: ParameterValue].self, from: json)
        else {
          throw EnvironmentError("parameters have to be a JSON object")
        }
        let definition: Box<EnvironmentDefinition> = borrowed(context)
        return retained(try ExportedEnvironment(definition.value.make(parameters: given)))
      }
    },
    destroy: { release($0, ExportedEnvironment.self) },
    specification: { UnsafePointer((borrowed($0) as ExportedEnvironment).specification) },
    sample_task: { environment, split, seed, text, capacity, error in
      let length = reporting(to: error) { () -> Int? in
        let environment: ExportedEnvironment = borrowed(environment)
        let split = TaskSplit.allCases.first { $0.phase == Int(split) } ?? .train
        let task = try environment.value.sampleTasks(split: split, count: 1, seed: seed)[0]
        return copy(task.json, text, capacity)
      }
      return length ?? 0
    },
    make_worlds: { environment, count, error in
      reporting(to: error) {
        let environment: ExportedEnvironment = borrowed(environment)
        return retained(try ExportedWorlds(environment.value, count: Int(count)))
      }
    },
    free_worlds: { release($0, ExportedWorlds.self) },
    set_task: { worlds, task, error in
      let done = reporting(to: error) { () -> Bool? in
        let worlds: ExportedWorlds = borrowed(worlds)
        let json = task.map { String(cString: $0) } ?? ""
        try worlds.group.setTask(try worlds.environment.task(json: json))
        worlds.hasTask = true
        return true
      }
      return done ?? false
    },
    reset: { worlds, rows, indices, seeds, observations, error in
      let done = reporting(to: error) { () -> Bool? in
        let worlds: ExportedWorlds = borrowed(worlds)
        try worlds.reset(Int(rows), indices, seeds, observations)
        return true
      }
      return done ?? false
    },
    step: { worlds, rows, indices, actions, observations, rewards, terminated, error in
      let done = reporting(to: error) { () -> Bool? in
        let worlds: ExportedWorlds = borrowed(worlds)
        try worlds.step(Int(rows), indices, actions, observations, rewards, terminated)
        return true
      }
      return done ?? false
    },
    scene: { worlds, index, text, capacity, error in
      let worlds: ExportedWorlds = borrowed(worlds)
      guard let scene = worlds.group.scene(of: Int(index)),
        let json = try? JSONEncoder().encode(scene)
      else { return 0 }
      return copy(String(decoding: json, as: UTF8.self), text, capacity)
    },
    // Environments in Swift tell nothing beside that they terminate.
    outcome: nil)
}

/// A value that a pointer can be to.
private final class Box<Value> {
  let value: Value
  init(_ value: Value) { self.value = value }
}

private final class ExportedEnvironment {
  let value: AnyEnvironment
  /// As JSON, for as long as this lives.
  let specification: UnsafeMutablePointer<CChar>?

  init(_ environment: AnyEnvironment) throws {
    value = environment
    let json = try JSONEncoder().encode(
      PluginSpecification(environment.specification, parameters: environment.parameters))
    specification = strdup(String(decoding: json, as: UTF8.self))
  }

  deinit { free(specification) }
}

private final class ExportedWorlds {
  let environment: AnyEnvironment
  let group: any WorldGroup
  var hasTask = false
  private let observationWidth: Int
  private let actionWidth: Int

  init(_ environment: AnyEnvironment, count: Int) throws {
    self.environment = environment
    group = try environment.makeWorlds(count: count)
    observationWidth = environment.specification.observationWidth
    actionWidth = environment.specification.actionWidth
  }

  func reset(
    _ rows: Int, _ indices: UnsafePointer<Int32>?, _ seeds: UnsafePointer<UInt64>?,
    _ observations: UnsafeMutablePointer<Float>?
  ) throws {
    guard hasTask else { throw EnvironmentError("set_task has to come before the first reset") }
    let worlds = UnsafeBufferPointer(start: indices, count: rows)
    let memory = UnsafeMutableBufferPointer(start: observations, count: rows * observationWidth)
    var span = memory.mutableSpan
    try withUnsafeTemporaryAllocation(of: RandomStream.self, capacity: rows) { streams in
      for row in 0..<rows {
        streams.initializeElement(at: row, to: RandomStream(key: seeds?[row] ?? 0))
      }
      try group.reset(worlds: worlds.span, streams: streams.span, observations: &span)
    }
  }

  func step(
    _ rows: Int, _ indices: UnsafePointer<Int32>?, _ actions: UnsafePointer<Float>?,
    _ observations: UnsafeMutablePointer<Float>?, _ rewards: UnsafeMutablePointer<Float>?,
    _ terminated: UnsafeMutablePointer<Bool>?
  ) throws {
    guard hasTask else { throw EnvironmentError("set_task has to come before the first step") }
    let worlds = UnsafeBufferPointer(start: indices, count: rows)
    let taken = UnsafeBufferPointer(start: actions, count: rows * actionWidth)
    let memory = UnsafeMutableBufferPointer(
      start: observations, count: rows * observationWidth)
    let given = UnsafeMutableBufferPointer(start: rewards, count: rows)
    let ended = UnsafeMutableBufferPointer(start: terminated, count: rows)
    var observationSpan = memory.mutableSpan
    var rewardSpan = given.mutableSpan
    var terminatedSpan = ended.mutableSpan
    try group.step(
      worlds: worlds.span, actions: taken.span, observations: &observationSpan,
      rewards: &rewardSpan, terminated: &terminatedSpan)
  }
}

private func retained(_ object: AnyObject) -> UnsafeMutableRawPointer {
  Unmanaged.passRetained(object).toOpaque()
}

private func borrowed<Object: AnyObject>(_ pointer: UnsafeMutableRawPointer?) -> Object {
  guard let pointer else { preconditionFailure("the interface was handed no object") }
  return Unmanaged<Object>.fromOpaque(pointer).takeUnretainedValue()
}

private func release<Object: AnyObject>(_ pointer: UnsafeMutableRawPointer?, _ type: Object.Type) {
  guard let pointer else { return }
  Unmanaged<Object>.fromOpaque(pointer).release()
}

/// What `body` returns, or nil with its error's line written.
private func reporting<Result>(
  to error: UnsafeMutablePointer<fledge_error>?, _ body: () throws -> Result?
) -> Result? {
  do {
    return try body()
  } catch let problem {
    guard let error, error.pointee.capacity > 0 else { return nil }
    // The environment's name is the host's to add.
    let message = (problem as? EnvironmentError)?.message ?? "\(problem)"
    if let failure = problem as? WorldFailure { error.pointee.row = Int32(failure.row ?? -1) }
    _ = copy(message, error.pointee.message, error.pointee.capacity)
    return nil
  }
}

/// Writes a text as snprintf does: as much as fits, and a zero byte.
private func copy(
  _ text: String, _ memory: UnsafeMutablePointer<CChar>?, _ capacity: Int
) -> Int {
  let bytes = text.utf8.map { CChar(bitPattern: $0) }
  guard let memory, capacity > 0 else { return bytes.count }
  let kept = min(bytes.count, capacity - 1)
  for index in 0..<kept { memory[index] = bytes[index] }
  memory[kept] = 0
  return bytes.count
}
