internal import EnvironmentKit
internal import Randomness

/// Worlds of one environment that run episodes in lockstep and keep everything.
final class Probe {
  /// What observations hold before an environment writes them: a NaN that no computation gives.
  static let unwritten = Float(bitPattern: 0x7FD1_ED6E)

  private let environment: AnyEnvironment
  private let seed: UInt64
  private let worlds: any WorldGroup

  init(_ environment: AnyEnvironment, worlds count: Int, seed: UInt64) throws {
    self.environment = environment
    self.seed = seed
    worlds = try environment.makeWorlds(count: count)
  }

  /// An episode to run: in which world follows from its place.
  struct Request {
    var task: AnyTask
    var index: Int
  }

  /// Runs one episode in each of the first worlds, until it terminates, the time limit, or `limit`.
  func run(
    _ requests: [Request], _ pattern: ActionPattern, limit: Int = .max
  ) throws -> [Episode] {
    let specification = environment.specification
    let (width, actionWidth) = (specification.observationWidth, specification.actionWidth)
    var episodes = requests.map {
      Episode(task: $0.task, index: $0.index, observationWidth: width)
    }
    var streams = requests.map {
      RandomStream(seed: seed, episode: $0.index, purpose: .verification)
    }
    var lastActions = [[Float]](
      repeating: [Float](repeating: 0, count: actionWidth), count: requests.count)
    for (world, request) in requests.enumerated() {
      episodes[world].observations = try reset(Int32(world), request)
    }
    var alive = requests.indices.map { Int32($0) }
    for step in 0..<min(limit, specification.horizon) where !alive.isEmpty {
      var actions: [Float] = []
      for world in alive.map({ Int($0) }) {
        pattern.act(&lastActions[world], step: step, in: specification.action, &streams[world])
        actions += lastActions[world]
      }
      let result = try self.step(alive, actions)
      for (row, world) in alive.enumerated() {
        let observation = result.observations[row * width..<(row + 1) * width]
        episodes[Int(world)].observations += observation
        episodes[Int(world)].rewards.append(result.rewards[row])
        episodes[Int(world)].terminated = result.terminated[row]
      }
      alive = zip(alive, result.truncated).filter { !episodes[Int($0)].terminated && !$1 }.map(\.0)
    }
    return episodes
  }

  private func reset(_ world: Int32, _ request: Request) throws -> [Float] {
    try worlds.setTask(request.task)
    let stream = RandomStream(seed: seed, episode: request.index, purpose: .environment)
    var observation = [Float](
      repeating: Self.unwritten, count: environment.specification.observationWidth)
    var span = observation.mutableSpan
    try worlds.reset(worlds: [world].span, streams: [stream].span, observations: &span)
    return observation
  }

  private func step(
    _ alive: [Int32], _ actions: [Float]
  ) throws -> (observations: [Float], rewards: [Float], terminated: [Bool], truncated: [Bool]) {
    let width = environment.specification.observationWidth
    var observations = [Float](repeating: Self.unwritten, count: alive.count * width)
    var rewards = [Float](repeating: Self.unwritten, count: alive.count)
    var terminated = [Bool](repeating: false, count: alive.count)
    try worlds.step(alive, actions, &observations, &rewards, &terminated)
    let truncated = alive.indices.map { worlds.outcome(ofRow: $0).contains(.truncated) }
    return (observations, rewards, terminated, truncated)
  }
}
