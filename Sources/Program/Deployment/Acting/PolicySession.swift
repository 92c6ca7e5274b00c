internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
internal import MetaLearning
internal import Policies
internal import Randomness
internal import Rollouts

/// A policy at work in somebody's own loop: it acts, is told what came of it, and adapts to what it was told.
///
/// ```
/// begin, (act, observe)..., end, begin, ..., adapt, begin, ...
/// ```
///
/// Acting allocates nothing. A session belongs to one thread at a time.
public final class PolicySession {
  /// The policy as it was exported.
  public let exported: ExportedPolicy
  /// How many times it has adapted since the task began.
  public private(set) var adaptations = 0
  private var known: any TaskKnowledge
  /// What had been learned of the task before, and how much it has learned from here.
  private var earlier: ExportedPolicy.Learned?
  private var learnedFrom = (episodes: 0, steps: 0)
  private let seed: UInt64
  /// How many episodes have begun since it last adapted.
  private var begun = 0
  /// How many tasks were forgotten.
  private var tasks = 0
  private var place = Place.between
  private var mode = Mode.explore
  private var noise: RandomStream
  private let sampler: PolicySampler
  private let scaling: ActionScaling?
  private var kept: EpisodeMemory
  private let (memory, memoryBefore, drawn, noiseRow): (Row, Row, Row, Row)

  private typealias Row = UnsafeMutablePointer<Float>

  /// How actions are chosen in an episode.
  public enum Mode: Int32, Sendable {
    /// They are drawn as for episodes that are learned from, and the episode is kept for that.
    case explore = 0
    /// They are drawn.
    case draw = 1
    /// The likeliest is taken.
    case likeliest = 2
  }

  private enum Place { case between, observed, acted }

  /// Opens a policy.
  ///
  /// - Parameters:
  ///   - exported: The policy.
  ///   - seed: Names what is drawn.
  /// - Throws: ``PolicyMisuse``.
  public init(_ exported: ExportedPolicy, seed: UInt64) throws(PolicyMisuse) {
    guard let known = knowledge(exported.adaptation, exported.learned?.arrays) else {
      throw PolicyMisuse("the policy holds what another way to adapt has learned")
    }
    let policy = exported.policy
    sampler = PolicySampler(policy: policy, capacity: 1)
    kept = try Self.memory(Self.usualRoom(of: exported), exported.specification.horizon, exported)
    (self.exported, self.known, self.seed) = (exported, known, seed)
    earlier = exported.learned
    noise = RandomStream(key: seed)
    scaling = ActionScaling(exported.specification.action)
    memory = .allocate(capacity: max(policy.memoryWidth, 1))
    memoryBefore = .allocate(capacity: max(policy.memoryWidth, 1))
    drawn = .allocate(capacity: sampler.noiseWidth)
    noiseRow = .allocate(capacity: sampler.noiseWidth)
  }

  deinit {
    memory.deallocate()
    memoryBefore.deallocate()
    drawn.deallocate()
    noiseRow.deallocate()
  }

  /// The numbers in an observation and in an action; a choice is one number, its index.
  public var widths: (observation: Int, action: Int) {
    (exported.specification.observationWidth, exported.specification.actionWidth)
  }

  /// How many episodes are kept to be learned from.
  public var keptEpisodes: Int { kept.count }

  /// Keeps other numbers of episodes and steps; those that were kept are forgotten.
  ///
  /// - Parameters:
  ///   - episodes: At least 0.
  ///   - steps: Of each episode, at least 1.
  /// - Throws: ``PolicyMisuse`` within an episode, or for more than a gigabyte.
  public func makeRoom(episodes: Int, steps: Int) throws(PolicyMisuse) {
    guard place == .between else {
      throw PolicyMisuse("an episode goes on; end it before there is other room")
    }
    guard episodes >= 0, steps >= 1 else {
      throw PolicyMisuse(
        "room for \(episodes) episodes of \(steps) steps, expected at least 0 of at least 1")
    }
    kept = try Self.memory(episodes, steps, exported)
  }

  /// As many episodes as training learned from at once, or as fit into half a gigabyte.
  private static func usualRoom(of exported: ExportedPolicy) -> Int {
    let widths = exported.specification.observationWidth + exported.specification.actionWidth + 1
    let fitting = EpisodeMemory.limit / 2 / (widths * (exported.specification.horizon + 1))
    return min(exported.settings.inner.episodes, fitting)
  }

  private static func memory(
    _ episodes: Int, _ steps: Int, _ exported: ExportedPolicy
  ) throws(PolicyMisuse) -> EpisodeMemory {
    let memory = EpisodeMemory(
      episodes: episodes, steps: steps,
      observationWidth: exported.specification.observationWidth,
      actionWidth: exported.specification.actionWidth)
    guard let memory else {
      throw PolicyMisuse(
        "\(episodes) episodes of \(steps) steps take more than a gigabyte; keep fewer or shorter ones"
      )
    }
    return memory
  }

  /// Begins an episode.
  ///
  /// - Throws: ``PolicyMisuse`` in the middle of another, or where there is no room for one more.
  public func begin(_ mode: Mode) throws(PolicyMisuse) {
    guard place == .between else {
      throw PolicyMisuse("an episode goes on; end it before the next one begins")
    }
    if mode == .explore && kept.count == kept.episodes {
      throw PolicyMisuse(
        "\(kept.count) episodes are kept, as many as there is room for; adapt to them, or make other room, which "
          + "forgets them")
    }
    let own = known.actor
    let actor = mode == .explore ? known.explorer ?? own : own
    sampler.set(actor.policy, parameters: actor.parameters)
    remember(actor)
    sampler.begin(rows: 1, memory: memory)
    noise = stream(.actions)
    kept.begin()
    begun += 1
    (self.mode, place) = (mode, .observed)
  }

  /// The named stream of the episode that begins, as evaluations name theirs. What was learned before counts, so that no
  /// noise comes twice.
  private func stream(_ purpose: StreamPurpose) -> RandomStream {
    RandomStream(
      seed: seed, iteration: 0, task: tasks, phase: adaptations + (earlier?.episodes ?? 0),
      episode: begun, purpose: purpose)
  }

  private func remember(_ actor: Actor) {
    let width = sampler.memoryWidth
    guard let mean = actor.memory else { return memory.update(repeating: 0, count: width) }
    var stream = stream(.memories)
    for index in 0..<width {
      let deviation = actor.memoryDeviation?[0, index]
      memory[index] = mean[0, index] + (deviation.map { $0 * stream.normal() } ?? 0)
    }
  }

  /// Acts.
  ///
  /// - Parameters:
  ///   - observation: What is observed, `[component]`.
  ///   - action: Receives the action as the environment takes it, `[component]`, or the index of a choice.
  /// - Throws: ``PolicyMisuse`` before ``begin(_:)`` or ``observe(reward:)``, or for what is not finite.
  public func act(
    _ observation: UnsafePointer<Float>, _ action: UnsafeMutablePointer<Float>
  ) throws(PolicyMisuse) {
    switch place {
    case .observed: break
    case .between: throw PolicyMisuse("no episode goes on; begin one before acting")
    case .acted:
      throw PolicyMisuse("the last action's reward isn't known; observe it before the next one")
    }
    try requireFinite(observation)
    guard mode != .explore || kept.length < kept.steps else {
      throw PolicyMisuse(
        "the episode has had \(kept.steps) steps, as many as there is room for; end it, and make more "
          + "room before the next one")
    }
    memoryBefore.update(from: memory, count: sampler.memoryWidth)
    if mode == .likeliest {
      sampler.chooseLikeliest(rows: 1, observations: observation, memory: memory, actions: drawn)
    } else {
      for index in 0..<sampler.noiseWidth {
        noiseRow[index] = sampler.noiseIsNormal ? noise.normal() : noise.uniform()
      }
      sampler.sample(
        rows: 1, observations: observation, memory: memory, noise: noiseRow, actions: drawn)
    }
    action.update(from: drawn, count: sampler.noiseWidth)
    sampler.squash(rows: 1, actions: action)
    scaling?.apply(to: action, rows: 1)
    for index in 0..<sampler.noiseWidth where !action[index].isFinite {
      memory.update(from: memoryBefore, count: sampler.memoryWidth)
      throw PolicyMisuse(
        "action \(index) comes to \(action[index]), which is not a finite number: is the observation one of "
          + "those that the policy was trained on?")
    }
    if mode == .explore { kept.keep(observation, drawn) }
    place = .acted
  }

  /// Tells the reward of the last action.
  ///
  /// - Throws: ``PolicyMisuse`` where nothing was done, or for what is not finite.
  public func observe(reward: Float) throws(PolicyMisuse) {
    guard place == .acted else {
      throw PolicyMisuse("nothing was done that could have a reward; act first")
    }
    guard reward.isFinite else {
      throw PolicyMisuse("the reward is \(reward), expected a finite number")
    }
    withUnsafePointer(to: reward) { sampler.remember(rows: 1, rewards: $0, memory: memory) }
    if mode == .explore { kept.keep(reward: reward) }
    place = .observed
  }

  /// Ends an episode.
  ///
  /// - Parameters:
  ///   - observation: What is observed after the last action, `[component]`.
  ///   - terminated: Whether the environment's rules ended it, rather than a limit of time.
  /// - Throws: ``PolicyMisuse`` where none goes on, or for what is not finite.
  public func end(
    _ observation: UnsafePointer<Float>, terminated: Bool
  ) throws(PolicyMisuse) {
    switch place {
    case .observed: break
    case .between: throw PolicyMisuse("no episode goes on that could end")
    case .acted:
      throw PolicyMisuse("the last action's reward isn't known; observe it before the end")
    }
    try requireFinite(observation)
    if mode == .explore { kept.end(observation, terminated: terminated) }
    place = .between
  }

  /// Drops the episode that goes on, as if it had not begun.
  ///
  /// - Throws: ``PolicyMisuse`` where none goes on.
  public func drop() throws(PolicyMisuse) {
    guard place != .between else { throw PolicyMisuse("no episode goes on that could be dropped") }
    place = .between
  }

  private func requireFinite(_ observation: UnsafePointer<Float>) throws(PolicyMisuse) {
    for index in 0..<widths.observation where !observation[index].isFinite {
      throw PolicyMisuse(
        "observation \(index) is \(observation[index]), expected a finite number")
    }
  }

  /// Keeps an episode that was recorded elsewhere.
  ///
  /// - Parameters:
  ///   - steps: How many it has, at least 1.
  ///   - observations: `[step + 1, component]`.
  ///   - actions: As the environment took them, `[step, component]`; nil where what was drawn is given.
  ///   - drawn: What was drawn; nil where that is to be found from the actions.
  ///   - rewards: `[step]`.
  ///   - terminated: Whether the environment's rules ended it.
  /// - Throws: ``PolicyMisuse`` within an episode, without room, or for what is not finite or no choice.
  public func record(
    steps: Int, observations: UnsafePointer<Float>, actions: UnsafePointer<Float>?,
    drawn: UnsafePointer<Float>?, rewards: UnsafePointer<Float>, terminated: Bool
  ) throws(PolicyMisuse) {
    guard place == .between else {
      throw PolicyMisuse("an episode goes on; end it before another is recorded")
    }
    guard kept.count < kept.episodes, (1...kept.steps).contains(steps) else {
      throw PolicyMisuse(
        "an episode of \(steps) steps is recorded beside \(kept.count) others; there is room for "
          + "\(kept.episodes) episodes of 1 to \(kept.steps) steps")
    }
    let column = { (start: UnsafePointer<Float>?, rows: Int, width: Int) in
      start.map {
        EpisodeColumns.Column(
          width: width,
          values: UnsafeBufferPointer(start: $0, count: rows * width).map { Double($0) })
      }
    }
    var columns = EpisodeColumns(columns: [:])
    columns.columns["observations"] = column(observations, steps + 1, widths.observation)
    columns.columns["actions"] = column(actions, steps, widths.action)
    columns.columns["drawnActions"] = column(drawn, steps, widths.action)
    columns.columns["rewards"] = column(rewards, steps, 1)
    columns.columns["terminations"] = .init(
      width: 1, values: (1...steps).map { $0 == steps && terminated ? 1 : 0 })
    do {
      kept.append(try columns.history(for: exported))
    } catch {
      throw PolicyMisuse("the episode " + error.message)
    }
  }

  /// Adapts to the episodes that were kept, which are forgotten then: what was learned stays.
  ///
  /// - Parameter steps: Gradient steps on them, at least 1; of no meaning to a policy that remembers or infers its task.
  /// - Throws: ``PolicyMisuse`` within an episode or without any, or where what comes of it is not finite.
  public func adapt(steps: Int = 1) throws(PolicyMisuse) {
    guard place == .between else {
      throw PolicyMisuse("an episode goes on; end it before adapting")
    }
    guard kept.count > 0 else {
      throw PolicyMisuse("no episode is kept to adapt to; begin some in the mode explore")
    }
    let histories = kept.histories
    known = try known.learned(
      from: histories, steps: steps, horizon: exported.specification.horizon)
    learnedFrom.episodes += histories.count
    learnedFrom.steps += histories.reduce(0) { $0 + $1.rewards.count }
    kept.removeAll()
    (adaptations, begun) = (adaptations + 1, 0)
  }

  /// Forgets the task, and what was kept of it: another one begins.
  ///
  /// - Throws: ``PolicyMisuse`` within an episode.
  public func forget() throws(PolicyMisuse) {
    guard place == .between else {
      throw PolicyMisuse("an episode goes on; end it before the task is forgotten")
    }
    guard let nothing = knowledge(exported.adaptation, nil) else { return }
    (known, earlier, tasks) = (nothing, nil, tasks + 1)
    kept.removeAll()
    (adaptations, begun, learnedFrom) = (0, 0, (0, 0))
  }

  /// The policy with what it has learned, to be written to a folder.
  public var current: ExportedPolicy {
    var current = exported
    current.learned = earlier
    if adaptations > 0, let arrays = known.arrays {
      current.learned = ExportedPolicy.Learned(
        arrays: arrays, from: learnedFrom, after: earlier)
    }
    return current
  }
}

extension TaskKnowledge {
  /// What is known after episodes of the task.
  ///
  /// - Parameters:
  ///   - histories: The episodes, at least one.
  ///   - steps: Gradient steps on them.
  ///   - horizon: The steps of an episode that no rule ends.
  /// - Returns: What is known then.
  /// - Throws: ``PolicyMisuse`` where what comes of it is not finite.
  func learned(
    from histories: [EpisodeHistory], steps: Int, horizon: Int
  ) throws(PolicyMisuse) -> Self {
    guard (1...1000).contains(steps) else {
      throw PolicyMisuse("steps is \(steps), expected an integer in 1...1000")
    }
    var after = self
    // One that learns within episodes takes them in turn.
    for part in learnsWithinEpisodes ? histories.map({ [$0] }) : [histories] {
      let actor = after.explorer ?? after.actor
      after.learn(
        from: Episodes(part, by: actor, horizon: horizon),
        repetitions: learnsWithinEpisodes ? nil : steps)
    }
    guard (after.arrays ?? [:]).values.allSatisfy({ $0.isFinite }) else {
      throw PolicyMisuse(
        "adapting leads to numbers that are not finite; the policy stays as it was, and other room forgets the "
          + "episodes")
    }
    return after
  }
}
