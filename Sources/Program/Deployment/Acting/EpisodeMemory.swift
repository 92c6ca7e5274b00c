internal import Rollouts

/// The episodes of a task that a policy is about to learn from, in memory that is allocated once.
struct EpisodeMemory: ~Copyable {
  /// How many episodes, and how many steps of each, there is room for.
  let (episodes, steps): (Int, Int)
  private let (observationWidth, actionWidth): (Int, Int)
  /// `[episode, step + 1, component]`
  private let observations: UnsafeMutablePointer<Float>
  /// `[episode, step, component]`
  private let actions: UnsafeMutablePointer<Float>
  /// `[episode, step]`
  private let rewards: UnsafeMutablePointer<Float>
  private var lengths: [Int]
  private var terminated: [Bool]
  /// How many episodes are whole.
  private(set) var count = 0
  /// How many steps the episode that goes on has had.
  private(set) var length = 0

  /// The most numbers that are kept: a gigabyte of them.
  static let limit = 1 << 28

  /// Room for episodes; nil where they hold more numbers than is allowed.
  init?(episodes: Int, steps: Int, observationWidth: Int, actionWidth: Int) {
    let (rows, isTooMany) = episodes.multipliedReportingOverflow(by: steps + 1)
    guard !isTooMany, rows <= Self.limit / (observationWidth + actionWidth + 1) else { return nil }
    (self.episodes, self.steps) = (episodes, steps)
    (self.observationWidth, self.actionWidth) = (observationWidth, actionWidth)
    observations = .allocate(capacity: rows * observationWidth)
    actions = .allocate(capacity: rows * actionWidth)
    rewards = .allocate(capacity: rows)
    lengths = Array(repeating: 0, count: episodes)
    terminated = Array(repeating: false, count: episodes)
  }

  deinit {
    observations.deallocate()
    actions.deallocate()
    rewards.deallocate()
  }

  mutating func begin() { length = 0 }

  /// Keeps what was observed, and what was done then.
  func keep(_ observation: UnsafePointer<Float>, _ action: UnsafePointer<Float>) {
    keep(observation)
    (actions + (count * steps + length) * actionWidth).update(from: action, count: actionWidth)
  }

  private func keep(_ observation: UnsafePointer<Float>) {
    (observations + (count * (steps + 1) + length) * observationWidth).update(
      from: observation, count: observationWidth)
  }

  mutating func keep(reward: Float) {
    rewards[count * steps + length] = reward
    length += 1
  }

  /// Ends the episode that goes on; one without steps is none.
  mutating func end(_ observation: UnsafePointer<Float>, terminated isTerminated: Bool) {
    guard length > 0 else { return }
    keep(observation)
    (lengths[count], terminated[count]) = (length, isTerminated)
    count += 1
    length = 0
  }

  /// Keeps a whole episode, of no more steps than there is room for.
  mutating func append(_ history: EpisodeHistory) {
    let (place, length) = (count, history.rewards.count)
    (observations + place * (steps + 1) * observationWidth).update(
      from: history.observations, count: history.observations.count)
    (actions + place * steps * actionWidth).update(
      from: history.actions, count: history.actions.count)
    (rewards + place * steps).update(from: history.rewards, count: length)
    (lengths[place], terminated[place]) = (length, history.terminated)
    count += 1
  }

  mutating func removeAll() { (count, length) = (0, 0) }

  /// The whole episodes.
  var histories: [EpisodeHistory] {
    (0..<count).map { episode in
      let length = lengths[episode]
      let copy = { (from: UnsafeMutablePointer<Float>, count: Int) in
        Array(UnsafeBufferPointer(start: from, count: count))
      }
      return EpisodeHistory(
        observations: copy(
          observations + episode * (steps + 1) * observationWidth,
          (length + 1) * observationWidth),
        actions: copy(actions + episode * steps * actionWidth, length * actionWidth),
        rewards: copy(rewards + episode * steps, length), terminated: terminated[episode])
    }
  }
}
