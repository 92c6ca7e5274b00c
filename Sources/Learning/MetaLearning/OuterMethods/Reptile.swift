internal import Adaptation
public import Differentiation
internal import Parallel
public import Settings

/// Reptile: the initialization goes a share of the way to where tasks were adapted to, and no derivative is taken.
///
/// Source: Nichol, Achiam and Schulman, "On first-order meta-learning algorithms", 2018, algorithm 2.
public struct Reptile: OuterMethod {
  /// What is known of it.
  public static var definition: OuterMethodDefinition {
    var method = OuterMethodDefinition(
      .reptile, "a share of the way to the mean of the adapted parameters", derivative: .none,
      Reptile.self)
    method.improvesStepSizes = false
    method.refusal = { settings in
      let rate = settings.outer.learningRate
      return settings.withoutInnerSteps
        ?? (rate > 1
          ? ConstraintViolation("outer.learningRate", "is \(rate), expected at most 1 with reptile")
          : nil)
    }
    method.presets = [
      MethodPreset("reptile", choosesStepSizes: true) { settings, _ in
        settings.follow(.reptile)
        settings.fixStepSizes()
        settings.outer.stepWeights = []
        settings.outer.learningRate = 0.5
        settings.inner.stepSize = min(settings.inner.stepSize, 0.1)
        // Of one step it would learn no more than pretraining (section 5.1).
        if settings.inner.steps == 1 { settings.inner.steps = 5 }
      }
    ]
    return method
  }

  private let settings: MetaLearningSettings

  /// The method as settings describe it.
  public init(_ settings: MetaLearningSettings, _ keys: NoSettings) { self.settings = settings }

  /// One meta-iteration. Its loss is half the mean squared distance to the adapted parameters, whose gradient with
  /// these held fixed is what it descends.
  public func update(
    _ state: inout LearnerState, on iteration: MetaIteration<any TaskAdapter>
  ) throws -> OuterUpdate {
    let results = try iteration.adapt(from: &state, derivative: .none) { $0.adapted }
    let before = state.parameters
    let distance = iteration.team.mean(results) { result in
      let way = result.value.adding(before, scaledBy: -1)
      return Double(way.dot(way)) / 2
    }
    let share = settings.outer.learningRate * state.remainingRate(settings.outer)
    state.parameters = iteration.problem.layout.withoutContext(
      reptileUpdate(
        of: before, towardSum: iteration.team.sum(results, \.value), of: iteration.count,
        share: Float(share)))
    return OuterUpdate(
      tasks: results.map(\.summary), loss: distance)
  }
}

extension OuterMethodName {
  /// A share of the way to the mean of the adapted parameters.
  public static let reptile: OuterMethodName = "reptile"
}

/// Reptile's update: the initialization goes a share of the way to where tasks were adapted to,
/// `θ + ε · (1/n) Σᵢ (θ'ᵢ - θ)`.
///
/// No derivative through adaptation is taken. What it follows is the sum of the inner gradients, and
/// to second order in the step size it raises their inner products: a step on some of a task's episodes
/// then also improves its others. So it wants two inner steps or more; with one it trains on all tasks at
/// once, as the pretrained baseline does.
///
/// Source: Nichol, Achiam and Schulman, "On first-order meta-learning algorithms", 2018, algorithm 2.
///
/// - Parameters:
///   - initial: θ, `[1, parameter]`.
///   - sum: Of θ' of all tasks, `[1, parameter]`.
///   - count: How many tasks there are, at least one.
///   - share: ε, from 0 to 1.
/// - Returns: The new initialization, `[1, parameter]`.
public func reptileUpdate<Scalar: TensorScalar>(
  of initial: Tensor<Scalar>, towardSum sum: Tensor<Scalar>, of count: Int, share: Scalar
) -> Tensor<Scalar> {
  initial.scaled(by: 1 - share).adding(sum, scaledBy: share / Scalar(count))
}
