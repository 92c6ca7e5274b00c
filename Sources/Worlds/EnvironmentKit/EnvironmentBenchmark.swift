internal import Foundation
internal import Randomness
internal import Synchronization

/// How fast an environment steps under uniformly random actions, resets included.
public struct EnvironmentBenchmark: Sendable, Hashable, Codable {
  /// The environment's name.
  public let environment: String
  /// The workers that stepped at the same time.
  public let threads: Int
  /// The worlds in all workers together.
  public let environments: Int
  /// The steps taken in all workers together.
  public let steps: Int
  /// The episodes ended, by termination or at the horizon.
  public let episodes: Int
  /// From the first step of a worker whose worlds were made to the last one's last step, in seconds.
  public let seconds: Double
  /// The steps of all workers together in each of these seconds.
  public let stepsPerSecond: Double
}

extension AnyEnvironment {
  /// Measures the speed of the environment.
  ///
  /// - Parameters:
  ///   - stepsPerWorld: The steps that each world takes, at least 1.
  ///   - worldsPerThread: The worlds of each worker, at least 1.
  ///   - threads: The workers, each with worlds of its own, at least 1.
  ///   - seed: The seed of actions and episodes.
  /// - Returns: Counts and rates; counts depend on the arguments alone.
  /// - Throws: `EnvironmentError` for a count below 1 or a world that can't be made.
  public func measureStepRate(
    stepsPerWorld: Int, worldsPerThread: Int = 64, threads: Int = 1, seed: UInt64 = 1
  ) throws(EnvironmentError) -> EnvironmentBenchmark {
    guard stepsPerWorld >= 1, worldsPerThread >= 1, threads >= 1 else {
      throw EnvironmentError(
        "a speed measurement needs at least 1 step, 1 world and 1 thread, got \(stepsPerWorld), "
          + "\(worldsPerThread), \(threads)", environment: name)
    }
    let tasks = try sampleTasks(split: .train, count: threads, seed: seed)
    typealias Walk = (episodes: Int, start: Duration, end: Duration)
    let outcomes = Mutex<[Result<Walk, EnvironmentError>]>([])
    let clock = ContinuousClock()
    let beginning = clock.now
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      let outcome = Result { () throws(EnvironmentError) -> Walk in
        let worlds = try makeWorlds(count: worldsPerThread)
        try worlds.setTask(tasks[thread])
        return try naming(origin) {
          let walk = RandomWalk(worlds: worlds, seed: seed, thread: thread)
          let start = clock.now
          let episodes = try walk.run(steps: stepsPerWorld)
          return (episodes, start - beginning, clock.now - beginning)
        }
      }
      outcomes.withLock { $0.append(outcome) }
    }
    var walks: [Walk] = []
    for outcome in outcomes.withLock({ $0 }) { walks.append(try outcome.get()) }
    let steps = stepsPerWorld * worldsPerThread * threads
    let start = walks.map(\.start).min() ?? .zero
    let seconds = ((walks.map(\.end).max() ?? .zero) - start) / .seconds(1)
    return EnvironmentBenchmark(
      environment: name, threads: threads, environments: worldsPerThread * threads, steps: steps,
      episodes: walks.reduce(0) { $0 + $1.episodes }, seconds: seconds,
      stepsPerSecond: Double(steps) / seconds)
  }

  /// Measures the speed of the environment over as many steps as take long enough for a steady figure.
  ///
  /// - Parameters:
  ///   - seconds: About how long the measurement takes.
  ///   - worldsPerThread: The worlds of each worker, at least 1.
  ///   - threads: The workers, each with worlds of its own, at least 1.
  /// - Returns: Counts and rates.
  /// - Throws: As ``measureStepRate(stepsPerWorld:worldsPerThread:threads:seed:)``.
  public func measureStepRate(
    lasting seconds: Double, worldsPerThread: Int, threads: Int
  ) throws(EnvironmentError) -> EnvironmentBenchmark {
    var steps = 10
    while true {
      let measured = try measureStepRate(
        stepsPerWorld: steps, worldsPerThread: worldsPerThread, threads: threads)
      // At most a hundred times as many at once, since the first steps are slow ones.
      let factor = min(seconds / max(measured.seconds, 1e-9), 100)
      if factor < 2 || steps >= 100_000_000 { return measured }
      steps = Int((Double(steps) * factor).rounded(.up))
    }
  }
}

/// All worlds of one worker under uniformly random actions.
private struct RandomWalk {
  let worlds: any WorldGroup
  let seed: UInt64
  let thread: Int

  /// Takes `steps` steps in every world and returns the number of episodes that ended.
  func run(steps: Int) throws(WorldFailure) -> Int {
    let count = worlds.count
    let everyWorld = (0..<Int32(count)).map { $0 }
    var random = RandomStream(seed: seed, task: thread, purpose: .benchmark)
    var ages = [Int](repeating: 0, count: count)
    var observations = [Float](repeating: 0, count: count * worlds.specification.observationWidth)
    var actions = [Float](repeating: 0, count: count * worlds.specification.actionWidth)
    var rewards = [Float](repeating: 0, count: count)
    var terminated = [Bool](repeating: false, count: count)
    var ended = everyWorld
    var streams: [RandomStream] = []
    streams.reserveCapacity(count)
    var (started, finished) = (0, 0)
    let horizon = worlds.specification.horizon
    for _ in 0..<steps {
      if !ended.isEmpty {
        if worlds.resetsTogether { ended = everyWorld }
        streams.removeAll(keepingCapacity: true)
        for world in ended {
          ages[Int(world)] = 0
          streams.append(
            RandomStream(seed: seed, task: thread, episode: started, purpose: .environment))
          started += 1
        }
        // Actions don't depend on observations, so it doesn't matter which rows receive them.
        var span = observations.mutableSpan
        var rows = span._mutatingExtracting(
          0..<ended.count * worlds.specification.observationWidth)
        try worlds.reset(worlds: ended.span, streams: streams.span, observations: &rows)
        ended.removeAll(keepingCapacity: true)
      }
      fill(&actions, from: &random)
      try worlds.step(everyWorld, actions, &observations, &rewards, &terminated)
      for world in 0..<count {
        ages[world] += 1
        let isCut = ages[world] >= horizon || worlds.outcome(ofRow: world).contains(.truncated)
        if terminated[world] || isCut { ended.append(Int32(world)) }
      }
      finished += ended.count
    }
    return finished
  }

  private func fill(_ actions: inout [Float], from random: inout RandomStream) {
    var values = actions.mutableSpan
    random.fillUniform(&values)
    switch worlds.specification.action {
    case .continuous(let components):
      for column in components.indices {
        let range = components[column].range
        let extent = range.upperBound - range.lowerBound
        for index in stride(from: column, to: values.count, by: components.count) {
          values[index] = range.lowerBound + extent * values[index]
        }
      }
    case .discrete(let choices):
      let count = Float(choices.count)
      for index in values.indices { values[index] = (values[index] * count).rounded(.down) }
    }
  }
}
