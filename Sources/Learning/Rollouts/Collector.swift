internal import Differentiation
public import EnvironmentKit
public import Parallel
public import Policies
internal import Randomness

/// The name of a collection: with the episode's index it names every random stream used.
public struct CollectionName: Sendable {
  /// The seed of the run.
  public let seed: UInt64
  /// The meta-iteration.
  public let iteration: Int
  /// The index of the task within the iteration.
  public let task: Int
  /// The number of adaptation steps taken before.
  public let phase: Int

  /// A name of its four parts.
  public init(seed: UInt64, iteration: Int, task: Int, phase: Int) {
    self.seed = seed
    self.iteration = iteration
    self.task = task
    self.phase = phase
  }

  func stream(episode: Int, purpose: StreamPurpose) -> RandomStream {
    RandomStream(
      seed: seed, iteration: iteration, task: task, phase: phase, episode: episode,
      purpose: purpose)
  }
}

/// A number that no learning can go on from, and where it appeared.
public struct NonFiniteValue: TransmissibleError, CustomStringConvertible {
  /// One line that names quantity, environment, task, adaptation step, episode and time step.
  public let description: String

  /// A value that was found.
  ///
  /// - Parameter description: One line on what and where.
  public init(description: String) { self.description = description }

  /// Reads the line.
  public init(from message: inout Message) { description = message.read() }

  /// Writes the line.
  public func write(to message: inout Message) { message.write(description) }
}

/// Runs the episodes of a network's policies on one task in lockstep: one matrix product a layer for
/// all of them.
///
/// Memory is kept from collection to collection. A collector belongs to one thread at a time; each
/// worker has its own, and what it collects depends on its arguments alone.
public final class Collector {
  private let environment: AnyEnvironment
  private let worlds: any WorldGroup
  private let sampler: PolicySampler
  private let scaling: ActionScaling?
  private let capacity: Int
  private var record: EpisodeRecord

  /// Looks at worlds while an episode goes on, and is told whether the episode has ended.
  public typealias Watch = (any WorldGroup, _ isLast: Bool) throws(WorldFailure) -> Void

  /// A collector of up to `capacity` episodes at a time.
  public init(environment: AnyEnvironment, policy: Policy, capacity: Int) throws {
    self.environment = environment
    self.capacity = capacity
    worlds = try environment.makeWorlds(count: capacity)
    sampler = PolicySampler(policy: policy, capacity: capacity)
    scaling = ActionScaling(environment.specification.action)
    record = EpisodeRecord(
      episodes: capacity, horizon: environment.specification.horizon,
      observationWidth: environment.specification.observationWidth, sampler)
  }

  /// Collects episodes.
  ///
  /// - Parameters:
  ///   - count: How many episodes, at most the capacity.
  ///   - task: The task they are on.
  ///   - actor: Who acts; its network is the collector's.
  ///   - name: Names the random streams.
  ///   - watch: Handed the worlds after the first episode's reset and after each of its steps, and whether that
  ///     step was its last.
  /// - Returns: The episodes, in order.
  /// - Throws: ``NonFiniteValue``, the environment's error for a task it cannot take, or its
  ///   `WorldFailure` with the place.
  public func collect(
    _ count: Int, task: AnyTask, by actor: Actor, name: CollectionName, watch: Watch? = nil
  ) throws -> Episodes {
    precondition(count > 0 && count <= capacity, "\(count) episodes exceed \(capacity)")
    try worlds.setTask(task)
    sampler.set(actor.policy, parameters: actor.parameters)
    record.begin(count, memory: drawnMemory(of: actor, count, name) ?? actor.memory)
    sampler.begin(rows: count, memory: record.currentMemory)
    drawNoise(count, name)
    var streams = (0..<count).map { name.stream(episode: $0, purpose: .environment) }
    let place = { (episode: Int?, step: Int) in
      "\(self.environment.origin), task \(name.task) \(task.json) of iteration \(name.iteration), "
        + "after \(name.phase) adaptation step(s), "
        + "\(episode.map { "episode \($0), " } ?? "")step \(step)"
    }
    var step = 0
    do throws(WorldFailure) {
      try reset(count, &streams)
      record.checkBeginning()
      try watch?(worlds, false)
      while step < record.horizon && record.aliveCount > 0 {
        let firstIsAlive = record.alive[0] == 0
        step += 1
        try advance(step - 1)
        if firstIsAlive {
          try watch?(worlds, record.aliveCount == 0 || record.alive[0] != 0)
        }
      }
    } catch {
      let episode = error.row.map { step == 0 ? $0 : Int(record.alive[$0]) }
      throw WorldFailure("\(error) in \(place(episode, step))")
    }
    if let problem = record.nonFinite {
      throw NonFiniteValue(
        description: "\(problem.quantity) is not a finite number in "
          + place(problem.episode, problem.step))
    }
    return record.episodes(
      isDiscrete: !sampler.noiseIsNormal,
      terminationIsSuccess: environment.specification.terminationIsSuccess)
  }

  /// What is remembered before each episode where that is drawn, `[episode, memory]`.
  private func drawnMemory(
    of actor: Actor, _ count: Int, _ name: CollectionName
  ) -> Tensor<Float>? {
    guard let mean = actor.memory, let deviation = actor.memoryDeviation else { return nil }
    let width = mean.shape.columns
    return Tensor(
      Shape(count, width),
      (0..<count).flatMap { episode -> [Float] in
        var stream = name.stream(episode: episode, purpose: .memories)
        let row = mean.shape.rows == 1 ? 0 : episode
        return (0..<width).map { mean[row, $0] + deviation[row, $0] * (stream.normal() as Float) }
      })
  }

  private func drawNoise(_ count: Int, _ name: CollectionName) {
    let length = record.horizon * record.actionWidth
    for episode in 0..<count {
      var stream = name.stream(episode: episode, purpose: .actions)
      let memory = UnsafeMutableBufferPointer(
        start: record.noise + episode * length, count: length)
      var noise = memory.mutableSpan
      if sampler.noiseIsNormal {
        stream.fillNormal(&noise)
      } else {
        stream.fillUniform(&noise)
      }
    }
  }

  private func reset(_ count: Int, _ streams: inout [RandomStream]) throws(WorldFailure) {
    let alive = UnsafeBufferPointer(start: record.alive, count: count)
    let current = UnsafeMutableBufferPointer(
      start: record.current, count: count * record.observationWidth)
    var observations = current.mutableSpan
    try worlds.reset(worlds: alive.span, streams: streams.span, observations: &observations)
  }

  private func advance(_ step: Int) throws(WorldFailure) {
    let count = record.aliveCount
    record.gatherNoise(step)
    let inputs = sampler.sample(
      rows: count, observations: record.current, memory: record.currentMemory,
      noise: record.currentNoise, actions: record.currentActions)
    record.keepActing(step, inputs, sampler)
    sampler.squash(rows: count, actions: record.currentActions)
    scaling?.apply(to: record.currentActions, rows: count)
    let alive = UnsafeBufferPointer(start: record.alive, count: count)
    let actions = UnsafeBufferPointer(
      start: record.currentActions, count: count * record.actionWidth)
    let current = UnsafeMutableBufferPointer(
      start: record.current, count: count * record.observationWidth)
    let currentRewards = UnsafeMutableBufferPointer(start: record.currentRewards, count: count)
    let currentTerminated = UnsafeMutableBufferPointer(
      start: record.currentTerminated, count: count)
    var observations = current.mutableSpan
    var rewards = currentRewards.mutableSpan
    var terminated = currentTerminated.mutableSpan
    try worlds.step(
      worlds: alive.span, actions: actions.span, observations: &observations, rewards: &rewards,
      terminated: &terminated)
    sampler.remember(
      rows: count, rewards: record.currentRewards, memory: record.currentMemory)
    record.keepOutcomes(step, worlds.tellsOutcomes ? worlds : nil)
  }
}
