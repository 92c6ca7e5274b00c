internal import Differentiation
internal import EnvironmentKit
internal import Models
internal import Policies
public import Rollouts

extension ExportedPolicy {
  /// How a policy changed by learning.
  public struct Change: Sendable {
    /// How many episodes it learned from, of how many steps in all.
    public let episodes: Int
    /// The steps of these.
    public let steps: Int
    /// By how many nats a step the actions were less likely than those that the policy draws itself; nil where it remembers.
    public let surprise: Double?
    /// How far its parameters moved, by the norm; 0 where it remembers, or infers its task.
    public let distance: Double
    /// The mean divergence of its actions' distribution from what it was before, over what was observed in the episodes,
    /// in nats; nil where it remembers.
    public let divergence: Double?
  }

  /// Learns from episodes of a task, by the inner loop that evaluations run.
  ///
  /// - Parameters:
  ///   - histories: The episodes.
  ///   - steps: Gradient steps on them, at least 1.
  /// - Returns: How the policy changed.
  /// - Throws: ``PolicyMisuse`` without episodes, or where what comes of them is not finite.
  @discardableResult
  public mutating func adapt(
    to histories: [EpisodeHistory], steps: Int = 1
  ) throws(PolicyMisuse) -> Change {
    guard !histories.isEmpty else {
      throw PolicyMisuse("there are no episodes to adapt to")
    }
    guard let before = knowledge(adaptation, learned?.arrays) else {
      throw PolicyMisuse("the policy holds what another way to adapt has learned")
    }
    let after = try before.learned(
      from: histories, steps: steps, horizon: specification.horizon)
    guard let arrays = after.arrays else {
      throw PolicyMisuse("what its way to adapt learns can't be kept")
    }
    let count = histories.reduce(0) { $0 + $1.rewards.count }
    learned = Learned(arrays: arrays, from: (histories.count, count), after: learned)
    let (old, new) = (before.actor, after.actor)
    let moved = Double(new.parameters.adding(old.parameters, scaledBy: -1).norm)
    guard !before.learnsWithinEpisodes else {
      return Change(
        episodes: histories.count, steps: count, surprise: nil, distance: moved, divergence: nil)
    }
    let episodes = Episodes(histories, by: old, horizon: specification.horizon)
    let explorer = before.explorer ?? old
    let drawn = outputs(of: explorer, on: episodes)
    return Change(
      episodes: histories.count, steps: count,
      surprise: mean(explorer.policy.distribution.entropy(drawn)) * -1
        - mean(explorer.policy.distribution.logProbabilities(drawn, of: episodes.actions)),
      distance: moved,
      divergence: mean(
        policy.distribution.divergence(
          from: outputs(of: old, on: episodes), to: outputs(of: new, on: episodes))))
  }

  private func outputs(of actor: Actor, on episodes: Episodes) -> DistributionOutputs<Float> {
    actor.policy.outputs(policy.layout.constants(of: actor.parameters), episodes.inputs)
  }

  /// The mean over steps, `[step, 1]`.
  private func mean(_ steps: Variable<Float>) -> Double {
    steps.value.elements.reduce(0) { $0 + Double($1) } / Double(max(steps.value.count, 1))
  }
}
