public import Randomness

/// The worlds of a group, each with the stream of its episode.
public struct WorldStorage<World: Environment>: Sendable {
  /// The worlds, by index.
  public var worlds: ContiguousArray<World>
  /// The stream of each world's episode.
  public var streams: ContiguousArray<RandomStream>
  /// The number of floats of an observation.
  public let observationWidth: Int
  /// The number of floats of an action.
  public let actionWidth: Int

  mutating func reset(
    task: World.Task, worlds: Span<Int32>, streams: Span<RandomStream>,
    observations: inout MutableSpan<Float>
  ) {
    for row in worlds.indices {
      let world = Int(worlds[row])
      self.streams[world] = streams[row]
      var observation = observations._mutatingExtracting(
        row * observationWidth..<(row + 1) * observationWidth)
      self.worlds[world].reset(
        task: task, random: &self.streams[world], observation: &observation)
    }
  }
}

extension Environment {
  /// Steps the named worlds one after the other.
  ///
  /// - Parameters:
  ///   - storage: The worlds and their streams.
  ///   - worlds: The worlds to step, `[row]`.
  ///   - actions: Their actions, `[row, component]`.
  ///   - observations: Receives the next observations, `[row, component]`.
  ///   - rewards: Receives the rewards, `[row]`.
  ///   - terminated: Receives whether each episode terminated, `[row]`.
  @inlinable
  public static func step(
    _ storage: inout WorldStorage<Self>, worlds: Span<Int32>, actions: Span<Float>,
    observations: inout MutableSpan<Float>, rewards: inout MutableSpan<Float>,
    terminated: inout MutableSpan<Bool>
  ) {
    let actionWidth = storage.actionWidth
    let observationWidth = storage.observationWidth
    for row in worlds.indices {
      let world = Int(worlds[row])
      let action = actions.extracting(row * actionWidth..<(row + 1) * actionWidth)
      var observation = observations._mutatingExtracting(
        row * observationWidth..<(row + 1) * observationWidth)
      let transition = storage.worlds[world].step(
        action: action, random: &storage.streams[world], observation: &observation)
      rewards[row] = transition.reward
      terminated[row] = transition.terminated
    }
  }
}

/// The group of any environment written in Swift.
final class Worlds<World: Environment>: WorldGroup {
  let specification: EnvironmentSpecification
  private let environment: String
  private var storage: WorldStorage<World>
  private var task: World.Task?

  init(
    count: Int, name: String, parameters: World.Parameters, specification: EnvironmentSpecification
  ) throws {
    self.specification = specification
    environment = name
    storage = try WorldStorage(
      worlds: ContiguousArray((0..<count).map { _ in try World(parameters: parameters) }),
      streams: ContiguousArray(
        repeating: RandomStream(seed: 0, purpose: .environment), count: count),
      observationWidth: specification.observationWidth, actionWidth: specification.actionWidth)
  }

  var count: Int { storage.worlds.count }

  func setTask(_ task: AnyTask) throws(EnvironmentError) {
    guard let own = task.value as? World.Task, task.environment == environment else {
      throw EnvironmentError(
        "the task \(task) belongs to '\(task.environment)'", environment: environment)
    }
    self.task = own
  }

  func reset(
    worlds: Span<Int32>, streams: Span<RandomStream>, observations: inout MutableSpan<Float>
  ) {
    let width = storage.observationWidth
    precondition(
      streams.count == worlds.count && observations.count == worlds.count * width,
      "\(worlds.count) worlds need as many streams and \(width) observations each, "
        + "got \(streams.count) and \(observations.count) in all")
    guard let task else { preconditionFailure("a group needs a task before its first reset") }
    storage.reset(
      task: task, worlds: worlds, streams: streams, observations: &observations)
  }

  func step(
    worlds: Span<Int32>, actions: Span<Float>, observations: inout MutableSpan<Float>,
    rewards: inout MutableSpan<Float>, terminated: inout MutableSpan<Bool>
  ) {
    let rows = worlds.count
    precondition(
      actions.count == rows * storage.actionWidth
        && observations.count == rows * storage.observationWidth
        && rewards.count == rows && terminated.count == rows,
      "\(rows) worlds need \(storage.actionWidth) actions, \(storage.observationWidth) "
        + "observations, a reward and a flag each, got \(actions.count), \(observations.count), "
        + "\(rewards.count), \(terminated.count) in all")
    World.step(
      &storage, worlds: worlds, actions: actions, observations: &observations, rewards: &rewards,
      terminated: &terminated)
  }

  func scene(of world: Int) -> Scene? { storage.worlds[world].scene }
}
