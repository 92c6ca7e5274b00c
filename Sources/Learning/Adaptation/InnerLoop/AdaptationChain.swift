public import Differentiation

/// The inner loop on one task: steps that follow one another, differentiated as a chain.
///
/// With `Jₛ` the Jacobian of step s, adaptation as a whole has the Jacobian `Jₖ ⋯ J₂ J₁`.
public struct AdaptationChain<Scalar: TensorScalar> {
  /// The steps, in order.
  public private(set) var steps: [AdaptationStep<Scalar>] = []

  /// A chain without steps.
  public init() {}

  /// Adds a step that begins where the last one ended.
  public mutating func append(_ step: AdaptationStep<Scalar>) { steps.append(step) }

  /// The parameters after each step, `[1, parameter]`; without any, the initialization.
  public func places(from initialization: Tensor<Scalar>) -> [Tensor<Scalar>] {
    steps.isEmpty ? [initialization] : steps.map(\.after)
  }

  /// The parameters after the last step, `[1, parameter]`; without any, the initialization.
  public func end(from initialization: Tensor<Scalar>) -> Tensor<Scalar> {
    steps.last?.after ?? initialization
  }

  /// How a change of the initialization changes the adapted parameters.
  public func pushforward(_ tangent: Tensor<Scalar>) -> Tensor<Scalar> {
    steps.reduce(tangent) { $1.pushforward($0) }
  }

  /// How the gradient at the adapted parameters becomes the gradient at the initialization.
  public func pullback(_ cotangent: Tensor<Scalar>) -> Tensor<Scalar> {
    steps.reversed().reduce(cotangent) { $1.pullback($0) }
  }

  /// The gradient of a sum of losses, one after each step, with respect to the initialization and to
  /// the step sizes.
  ///
  /// - Parameter gradients: Of the loss after step 1, 2, ... with respect to the parameters there; nil
  ///   where that loss has no weight. Without steps, of the one loss at the initialization.
  /// - Returns: The initialization's, `[1, parameter]`, and each step's sizes'.
  public func pullback(
    losses gradients: [Tensor<Scalar>?]
  ) -> (initialization: Tensor<Scalar>, stepSizes: [Tensor<Scalar>]) {
    precondition(
      gradients.count == max(steps.count, 1),
      "\(steps.count) steps need as many losses, found \(gradients.count)")
    guard let shape = gradients.lazy.compactMap({ $0?.shape }).first else {
      preconditionFailure("no loss has a weight")
    }
    if steps.isEmpty, let gradient = gradients[0] { return (gradient, []) }
    var cotangent = Tensor<Scalar>(shape, repeating: 0)
    var stepSizes: [Tensor<Scalar>] = []
    for (step, gradient) in zip(steps, gradients).reversed() {
      if let gradient { cotangent = cotangent.adding(gradient) }
      stepSizes.append(step.stepSizePullback(cotangent))
      cotangent = step.pullback(cotangent)
    }
    return (cotangent, stepSizes.reversed())
  }
}
