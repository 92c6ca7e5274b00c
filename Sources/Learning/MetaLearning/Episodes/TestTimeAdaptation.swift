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
  ///   - rule: What becomes of these sizes.
  public init(
    policy: Policy, settings: MetaLearningSettings, state: LearnerState, rule: TestTimeRule
  ) {
    loop = EpisodeLoop(
      policy: policy, settings: settings,
      stepSizes: StepSizes(state, settings.inner, policy.layout, rule: rule), horizon: 1)
    initial = state.parameters
  }

  /// Who collects the episodes that a step learns from.
  public var explorer: Policy { loop.explorer }

  /// The parameters after one more step.
  ///
  /// - Parameters:
  ///   - step: The number of steps taken before.
  ///   - parameters: Before the step, `[1, parameter]`.
  ///   - episodes: What the ``explorer`` with these parameters collected.
  /// - Returns: `[1, parameter]`.
  public func step(
    _ step: Int, from parameters: Tensor<Float>, on episodes: Episodes
  ) -> Tensor<Float> {
    loop.step(
      step, from: parameters, tiedTo: initial, on: loop.innerBatch(episodes, from: parameters),
      hidden: episodes.hidden
    ).after
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
    let batch = loop.innerBatch(episodes, from: parameters)
    return loop.readapted(
      on: [Batch<Float>](repeating: batch, count: steps), from: parameters
    ).end(from: parameters)
  }
}
