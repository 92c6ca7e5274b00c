public import Adaptation
public import Differentiation
public import Rollouts

/// What one meta-iteration collected on one task, and the adaptation in between.
public struct TaskExperience {
  /// The steps of the inner loop.
  public internal(set) var chain = AdaptationChain<Float>()
  /// The parameters after the last step, `[1, parameter]`.
  public internal(set) var adapted: Tensor<Float>
  /// The batch each inner step descended.
  public internal(set) var innerBatches: [Batch<Float>] = []
  /// The episodes collected after 1, 2, ... steps, or where none are taken before any, with the outer loop's
  /// advantages, centred only; without advantages where their loss has no weight.
  public internal(set) var outerEpisodes: [(episodes: Episodes, advantages: [Double])] = []
  /// Mean undiscounted return after 0, 1, ... steps, and what it took.
  public internal(set) var summary = TaskSummary()

  /// The parameters that collected the outer episodes, `[1, parameter]` each.
  public var outerParameters: [Tensor<Float>] { chain.places(from: adapted) }
}
