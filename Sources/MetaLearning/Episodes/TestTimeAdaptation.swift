public import Differentiation
public import Policies
public import Rollouts

/// How a trained policy is adapted to a task it has not seen: the inner loop's steps, with nothing kept
/// for derivatives.
public struct TestTimeAdaptation: Sendable {
  private let loop: EpisodeLoop
  private let initial: Tensor<Float>

  /// Adaptation by the inner loop of the given settings.
  ///
  /// - Parameters:
  ///   - policy: The policy that was trained.
  ///   - settings: Of training.
  ///   - state: The trained initialization, and α as training left it; a policy trained without any
  ///     adapts by the given step size.
  public init(policy: Policy, settings: MetaLearningSettings, state: LearnerState) {
    loop = EpisodeLoop(
      policy: policy, settings: settings,
      stepSizes: StepSizes(state, settings.inner, policy.layout), horizon: 1)
    initial = state.parameters
  }

  /// Who collects the episodes that a step learns from.
  public var explorer: Policy { loop.explorer }

  /// The parameters after one more step.
  ///
  /// - Parameters:
  ///   - step: The number of steps taken before. Trained steps are taken as trained; beyond them half
  ///     the last one's sizes serve.
  ///   - parameters: Before the step, `[1, parameter]`.
  ///   - episodes: What the ``explorer`` with these parameters collected.
  /// - Returns: `[1, parameter]`.
  public func step(
    _ step: Int, from parameters: Tensor<Float>, on episodes: Episodes
  ) -> Tensor<Float> {
    self.step(
      step, from: parameters, on: loop.innerBatch(episodes), hidden: episodes.hidden)
  }

  /// The parameters after steps that all learn from the same episodes.
  ///
  /// - Parameters:
  ///   - parameters: Before the first step, `[1, parameter]`.
  ///   - episodes: What the ``explorer`` with these parameters collected.
  ///   - steps: The number of steps.
  /// - Returns: `[1, parameter]`.
  public func adapted(
    from parameters: Tensor<Float>, on episodes: Episodes, steps: Int
  ) -> Tensor<Float> {
    let batch = loop.innerBatch(episodes)
    return (0..<steps).reduce(parameters) { before, step in
      self.step(step, from: before, on: batch, hidden: step == 0 ? episodes.hidden : [])
    }
  }

  private func step(
    _ step: Int, from parameters: Tensor<Float>, on batch: Batch<Float>,
    hidden: [Tensor<Float>]
  ) -> Tensor<Float> {
    loop.step(
      from: parameters, tiedTo: initial, stepSizes: loop.stepSizes[step], on: batch,
      hidden: hidden
    ).after
  }
}
