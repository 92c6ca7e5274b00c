internal import Differentiation
internal import Models
public import Policies

/// An episode as it was recorded, here or elsewhere: what was observed, done and received.
public struct EpisodeHistory: Sendable, Equatable {
  /// What was observed before each step, and after the last one, `[step + 1, component]`.
  public var observations: [Float]
  /// What was done in each step as the policy drew it, before it was squashed or scaled, `[step, component]`, or the index
  /// of a choice, `[step]`.
  public var actions: [Float]
  /// The reward of each step, `[step]`.
  public var rewards: [Float]
  /// Whether the episode ended by the environment's rule rather than by a limit of time.
  public var terminated: Bool

  /// An episode of as many actions as rewards, and one observation more.
  public init(observations: [Float], actions: [Float], rewards: [Float], terminated: Bool) {
    (self.observations, self.actions, self.rewards) = (observations, actions, rewards)
    self.terminated = terminated
  }
}

extension Episodes {
  /// Episodes that were recorded, as if they had been collected: the network goes through them where it remembers.
  ///
  /// - Parameters:
  ///   - histories: The episodes, each of at least one step, with observations of one width.
  ///   - actor: Who acted.
  ///   - horizon: The steps of an episode that no rule ends.
  public init(_ histories: [EpisodeHistory], by actor: Actor, horizon: Int) {
    let policy = actor.policy
    let lengths = histories.map(\.rewards.count)
    precondition(lengths.allSatisfy { $0 > 0 }, "an episode has at least one step")
    let width = histories.first.map { $0.observations.count / ($0.rewards.count + 1) } ?? 0
    let passage = actor.memoryDeviation == nil ? Passage(of: actor, count: histories.count) : nil
    var shown: [Float] = []
    var (finals, actions): ([Float], [Float]) = ([], [])
    for (index, history) in histories.enumerated() {
      let end = history.observations.count - width
      if let passage {
        let (rows, last) = passage.shown(history, index: index, width: width)
        shown += rows
        finals += history.observations[end...] + last
      } else {
        shown += history.observations[..<end]
        finals += history.observations[end...]
      }
      actions += history.actions
    }
    let rows = lengths.reduce(0, +)
    self.init(
      observations: Tensor(Shape(rows, shown.count / max(rows, 1)), shown),
      memoryBefore: passage?.memoryBefore, memory: passage?.memory,
      actions: policy.distribution == .categorical
        ? .discrete(actions.map { Int($0) })
        : .continuous(Tensor(Shape(rows, actions.count / max(rows, 1)), actions)),
      cache: .empty, rewards: histories.flatMap(\.rewards),
      starts: lengths.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1) },
      terminated: histories.map(\.terminated),
      missingSteps: histories.map { $0.terminated ? 0 : max(0, horizon - $0.rewards.count) },
      succeeded: nil,
      finalObservations: Tensor(
        Shape(histories.count, finals.count / max(histories.count, 1)), finals))
  }
}

/// A policy that remembers, on its way through recorded episodes.
private final class Passage {
  private let sampler: PolicySampler
  private let width: Int
  private let networkWidth: Int
  /// What was remembered before each episode, `[episode, memory]`; nil for nothing.
  private let before: Tensor<Float>?
  private var after: [Float] = []

  /// Nil for a policy that remembers nothing.
  init?(of actor: Actor, count: Int) {
    guard actor.policy.memoryWidth > 0 else { return nil }
    (width, networkWidth) = (actor.policy.memoryWidth, actor.policy.network.memoryWidth)
    sampler = PolicySampler(policy: actor.policy, capacity: 1)
    sampler.set(actor.policy, parameters: actor.parameters)
    before = actor.memory
  }

  /// What the network remembered before the episodes.
  var memoryBefore: Tensor<Float>? {
    guard networkWidth > 0 else { return nil }
    return before.map { Variable($0).columns(0..<networkWidth).value }
  }

  /// All that is remembered after the episodes so far, `[episode, memory]`.
  var memory: Tensor<Float> { Tensor(Shape(after.count / width, width), after) }

  /// What the network is shown in an episode, `[step, input]`, and of what it would be shown then what happened.
  func shown(
    _ history: EpisodeHistory, index: Int, width observationWidth: Int
  ) -> (rows: [Float], last: ArraySlice<Float>) {
    var memory = before?.rows(index..<index + 1).elements ?? [Float](repeating: 0, count: width)
    var shown: [Float] = []
    let actionWidth = history.actions.count / history.rewards.count
    history.observations.withUnsafeBufferPointer { observations in
      history.actions.withUnsafeBufferPointer { actions in
        guard let seen = observations.baseAddress, let done = actions.baseAddress else { return }
        sampler.begin(rows: 1, memory: &memory)
        for (step, reward) in history.rewards.enumerated() {
          let inputs = sampler.retrace(
            rows: 1, observations: seen + step * observationWidth, memory: &memory,
            actions: done + step * actionWidth)
          shown += UnsafeBufferPointer(start: inputs, count: sampler.inputWidth)
          sampler.remember(rows: 1, rewards: [reward], memory: &memory)
        }
      }
    }
    after += memory
    return (shown, memory[networkWidth...])
  }
}
