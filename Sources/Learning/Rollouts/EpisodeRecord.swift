internal import Differentiation
internal import EnvironmentKit
internal import Models
internal import Policies

/// The memory of a collection under way: `[episode, step, ...]` for what is kept, and compact rows of
/// the living episodes for what the next step needs.
struct EpisodeRecord: ~Copyable {
  typealias Memory = UnsafeMutablePointer<Float>

  let horizon: Int
  let observationWidth: Int
  /// What the network is shown: what is observed, and perhaps what happened before.
  let inputWidth: Int
  let actionWidth: Int
  let memoryWidth: Int
  /// The part of the memory that is the network's own; it comes first.
  let networkMemoryWidth: Int
  private(set) var count = 0
  private(set) var aliveCount = 0
  private(set) var nonFinite: (quantity: String, episode: Int, step: Int)?

  /// `[episode, step, action]`
  let noise: Memory
  private let observations: Memory
  private let actions: Memory
  /// `[part][episode, step, number]`, the widest of what is kept: handed out as it is where no episode
  /// ended early, and then allocated anew.
  private var kept: [Tensor<Float>] = []
  private let cachedWidths: [Int]
  private let rewards: Memory
  private let finals: Memory
  /// What is remembered after each episode, `[episode, number]`.
  private let finalMemory: Memory
  private var memoryBefore: Tensor<Float>?
  private var lengths: [Int]
  private var terminated: [Bool]
  private var succeeded: [Bool]
  /// Whether any step has told of success.
  private var tellsSuccess = false

  /// Row i of the current memories belongs to episode `alive[i]`.
  let alive: UnsafeMutablePointer<Int32>
  let current: Memory
  let currentMemory: Memory
  let currentNoise: Memory
  let currentActions: Memory
  let currentRewards: Memory
  let currentTerminated: UnsafeMutablePointer<Bool>

  init(episodes: Int, horizon: Int, observationWidth: Int, _ sampler: PolicySampler) {
    self.horizon = horizon
    self.observationWidth = observationWidth
    inputWidth = sampler.inputWidth
    actionWidth = sampler.noiseWidth
    memoryWidth = sampler.memoryWidth
    networkMemoryWidth = sampler.networkMemoryWidth
    cachedWidths = sampler.cachedWidths
    let steps = episodes * horizon
    noise = .allocate(capacity: steps * actionWidth)
    observations = .allocate(capacity: steps * inputWidth)
    actions = .allocate(capacity: steps * actionWidth)
    rewards = .allocate(capacity: steps)
    finals = .allocate(capacity: episodes * inputWidth)
    finalMemory = .allocate(capacity: episodes * memoryWidth)
    lengths = Array(repeating: 0, count: episodes)
    terminated = Array(repeating: false, count: episodes)
    succeeded = terminated
    alive = .allocate(capacity: episodes)
    current = .allocate(capacity: episodes * observationWidth)
    currentMemory = .allocate(capacity: episodes * memoryWidth)
    currentNoise = .allocate(capacity: episodes * actionWidth)
    currentActions = .allocate(capacity: episodes * actionWidth)
    currentRewards = .allocate(capacity: episodes)
    currentTerminated = .allocate(capacity: episodes)
  }

  deinit {
    for memory in [
      noise, observations, actions, rewards, finals, finalMemory, current, currentMemory,
      currentNoise, currentActions, currentRewards,
    ] {
      memory.deallocate()
    }
    alive.deallocate()
    currentTerminated.deallocate()
  }

  /// Begins episodes.
  ///
  /// - Parameters:
  ///   - episodes: How many.
  ///   - memory: What is remembered before each, `[episode, number]`; nil for nothing.
  mutating func begin(_ episodes: Int, memory: Tensor<Float>?) {
    memoryBefore =
      networkMemoryWidth == 0
      ? nil
      : memory.map { [networkMemoryWidth] in Variable($0).columns(0..<networkMemoryWidth).value }
    if let memory {
      precondition(
        memory.shape == Shape(episodes, memoryWidth),
        "\(episodes) episodes have a memory of \(memoryWidth), found \(memory.shape)")
      currentMemory.update(from: memory.pointer, count: memory.count)
    } else {
      currentMemory.update(repeating: 0, count: episodes * memoryWidth)
    }
    count = episodes
    aliveCount = episodes
    nonFinite = nil
    tellsSuccess = false
    kept = cachedWidths.map { Tensor(uninitialized: Shape(episodes * horizon, $0)) }
    for episode in 0..<episodes {
      alive[episode] = Int32(episode)
      lengths[episode] = 0
      terminated[episode] = false
      succeeded[episode] = false
    }
  }

  func gatherNoise(_ step: Int) {
    for row in 0..<aliveCount {
      let source = (Int(alive[row]) * horizon + step) * actionWidth
      (currentNoise + row * actionWidth).update(from: noise + source, count: actionWidth)
    }
  }

  /// Keeps what the policy was shown, `[row, input]`, computed and did.
  func keepActing(_ step: Int, _ inputs: UnsafePointer<Float>, _ sampler: PolicySampler) {
    for (part, width) in cachedWidths.enumerated() {
      let values = sampler.cached(part)
      let target = kept[part].pointer
      for row in 0..<aliveCount {
        let place = Int(alive[row]) * horizon + step
        (target + place * width).update(from: values + row * width, count: width)
      }
    }
    for row in 0..<aliveCount {
      let place = Int(alive[row]) * horizon + step
      (observations + place * inputWidth).update(
        from: inputs + row * inputWidth, count: inputWidth)
      (actions + place * actionWidth).update(
        from: currentActions + row * actionWidth, count: actionWidth)
    }
  }

  /// Keeps rewards, and closes the ranks of the episodes that go on.
  ///
  /// - Parameters:
  ///   - step: The step taken, from 0.
  ///   - worlds: Who took it, where they tell more of it.
  mutating func keepOutcomes(_ step: Int, _ worlds: (any WorldGroup)?) {
    var kept = 0
    for row in 0..<aliveCount {
      let episode = Int(alive[row])
      let reward = currentRewards[row]
      rewards[episode * horizon + step] = reward
      lengths[episode] = step + 1
      check(row, episode, step)
      let outcome = worlds?.outcome(ofRow: row) ?? []
      if outcome.contains(.tellsSuccess) { tellsSuccess = true }
      succeeded[episode] = outcome.contains(.succeeded)
      if currentTerminated[row] || step == horizon - 1 || outcome.contains(.truncated) {
        terminated[episode] = currentTerminated[row]
        let final = finals + episode * inputWidth
        final.update(from: current + row * observationWidth, count: observationWidth)
        (final + observationWidth).update(
          from: currentMemory + row * memoryWidth + networkMemoryWidth,
          count: inputWidth - observationWidth)
        (finalMemory + episode * memoryWidth).update(
          from: currentMemory + row * memoryWidth, count: memoryWidth)
        continue
      }
      if kept != row {
        alive[kept] = alive[row]
        (current + kept * observationWidth).update(
          from: current + row * observationWidth, count: observationWidth)
        (currentMemory + kept * memoryWidth).update(
          from: currentMemory + row * memoryWidth, count: memoryWidth)
      }
      kept += 1
    }
    aliveCount = nonFinite == nil ? kept : 0
  }

  /// Ends all episodes where one begins with what is no number.
  mutating func checkBeginning() {
    let first = (0..<aliveCount).first { !isFinite(current, observationWidth, row: $0) }
    guard let first else { return }
    nonFinite = ("the first observation", first, 0)
    aliveCount = 0
  }

  private mutating func check(_ row: Int, _ episode: Int, _ step: Int) {
    guard nonFinite == nil else { return }
    let quantity =
      if !isFinite(currentActions, actionWidth, row: row) {
        "the action"
      } else if !currentRewards[row].isFinite {
        "the reward"
      } else if !isFinite(current, observationWidth, row: row) {
        "the observation"
      } else {
        ""
      }
    if !quantity.isEmpty { nonFinite = (quantity, episode, step) }
  }

  /// Whether every number of a row is finite: only then is each of them, times zero, zero.
  private func isFinite(_ memory: Memory, _ width: Int, row: Int) -> Bool {
    var sum: Float = 0
    for index in row * width..<(row + 1) * width { sum += memory[index] * 0 }
    return sum == 0
  }

  /// The episodes without the gaps between them.
  mutating func episodes(isDiscrete: Bool, terminationIsSuccess: Bool) -> Episodes {
    var starts = [0]
    for episode in 0..<count { starts.append(starts[episode] + lengths[episode]) }
    let taken = compact(actions, actionWidth, starts)
    let isFull = starts[count] == count * horizon
    let parts =
      isFull
      ? kept : kept.map { compact($0.pointer, $0.shape.columns, starts) }
    kept = []
    return Episodes(
      observations: compact(observations, inputWidth, starts),
      memoryBefore: memoryBefore,
      memory: memoryWidth == 0
        ? nil
        : Tensor(Shape(count, memoryWidth)) {
          $0.initialize(from: finalMemory, count: count * memoryWidth)
        },
      actions: isDiscrete ? .discrete(taken.elements.map { Int($0) }) : .continuous(taken),
      cache: ForwardCache(parts),
      rewards: compact(rewards, 1, starts).elements, starts: starts,
      terminated: Array(terminated.prefix(count)),
      missingSteps: (0..<count).map { terminated[$0] ? 0 : horizon - lengths[$0] },
      succeeded: successes(terminationIsSuccess: terminationIsSuccess),
      finalObservations: Tensor(Shape(count, inputWidth)) {
        $0.initialize(from: finals, count: count * inputWidth)
      })
  }

  /// Whether each episode succeeded, as its steps told or by having terminated; nil where neither tells.
  private func successes(terminationIsSuccess: Bool) -> [Bool]? {
    guard terminationIsSuccess || tellsSuccess else { return nil }
    return (0..<count).map { succeeded[$0] || terminationIsSuccess && terminated[$0] }
  }

  private func compact(_ source: Memory, _ width: Int, _ starts: [Int]) -> Tensor<Float> {
    Tensor(Shape(starts[count], width)) { out in
      for episode in 0..<count {
        (out + starts[episode] * width).initialize(
          from: source + episode * horizon * width, count: lengths[episode] * width)
      }
    }
  }
}
