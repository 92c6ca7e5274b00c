internal import Randomness

/// Worlds of a Gymnasium environment in a process of their own.
final class GymnasiumWorlds: WorldGroup {
  let count: Int
  let specification: EnvironmentSpecification
  let resetsTogether: Bool
  private let name: String
  private let worker: WorkerProcess
  private let arrays: SharedArrays
  /// Where pictures come through; nil for worlds that are not to be shown.
  private let pictures: PictureFile?
  /// Before its first picture an environment may load what it draws with.
  private var hasPicture = false

  init(_ environment: GymnasiumEnvironment, count: Int, areShown: Bool = false) throws {
    self.count = count
    name = environment.name
    specification = environment.specification
    resetsTogether = environment.parameters.vector
    worker = try environment.startWorker()
    pictures = areShown ? try PictureFile() : nil
    if let pictures {
      _ = try worker.ask("show", pictures.path, atLeast: GymnasiumEnvironment.startingTime)
      pictures.unlinkFile()
    }
    arrays = try SharedArrays(
      rows: count, observationWidth: specification.observationWidth,
      actionWidth: specification.actionWidth)
    let shape = "\(count) \(specification.observationWidth) \(specification.actionWidth)"
    _ = try worker.ask(
      "map", "\(shape) \(arrays.path)", atLeast: GymnasiumEnvironment.startingTime)
    arrays.unlinkFile()
  }

  func setTask(_ task: AnyTask) throws(EnvironmentError) {
    guard task.environment == name else {
      throw EnvironmentError("the task \(task) belongs to '\(task.environment)'", environment: name)
    }
    do {
      _ = try worker.ask("take", task.json)
    } catch {
      throw EnvironmentError("task \(task): \(error)", environment: name)
    }
  }

  func reset(
    worlds: Span<Int32>, streams: Span<RandomStream>, observations: inout MutableSpan<Float>
  ) throws(WorldFailure) {
    for row in worlds.indices {
      arrays.seeds[row] = streams[row].key
      arrays.indices[row] = worlds[row]
    }
    _ = try worker.ask("reset", "\(worlds.count)")
    for index in observations.indices { observations[index] = arrays.observations[index] }
  }

  func step(
    worlds: Span<Int32>, actions: Span<Float>, observations: inout MutableSpan<Float>,
    rewards: inout MutableSpan<Float>, terminated: inout MutableSpan<Bool>
  ) throws(WorldFailure) {
    for row in worlds.indices { arrays.indices[row] = worlds[row] }
    for index in actions.indices { arrays.actions[index] = actions[index] }
    _ = try worker.ask("step", "\(worlds.count)")
    for index in observations.indices { observations[index] = arrays.observations[index] }
    for row in worlds.indices {
      rewards[row] = arrays.rewards[row]
      terminated[row] = arrays.outcomes[row] & 1 != 0
    }
  }

  var tellsOutcomes: Bool { true }

  func outcome(ofRow row: Int) -> StepOutcome { StepOutcome(rawValue: arrays.outcomes[row]) }

  func scene(of world: Int) -> Scene? { nil }

  func picture(of world: Int) throws(WorldFailure) -> [UInt8]? {
    guard let pictures else { return nil }
    let size = try worker.ask(
      "picture", "\(world)", atLeast: hasPicture ? 0 : GymnasiumEnvironment.startingTime)
    hasPicture = true
    guard let bytes = Int(size).flatMap(pictures.read) else {
      throw WorldFailure("the worker's picture can't be read")
    }
    return bytes
  }
}
