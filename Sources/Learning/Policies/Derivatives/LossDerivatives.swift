public import Differentiation
public import Models

/// The value, gradient and Hessian products of a loss of a policy's outputs.
///
/// The loss itself, any function of the outputs, is differentiated by its record; the network below by
/// backpropagation and its tangent.
public struct LossDerivatives<Scalar: TensorScalar> {
  /// The loss.
  public let loss: Scalar
  /// With respect to the policy's parameters, `[1, parameter]`.
  public let gradient: Tensor<Scalar>
  private let evaluation: PolicyEvaluation<Scalar>
  private let network: any NetworkCurvature<Scalar>
  /// How the loss's gradient with respect to the outputs follows the outputs.
  private let outputCurvature: Linearization<Scalar>?

  /// Differentiates a loss.
  ///
  /// - Parameters:
  ///   - evaluation: The policy's outputs.
  ///   - products: How many Hessian products will be asked for.
  ///   - loss: A number, `[1, 1]`, as a function of the outputs.
  public init(
    at evaluation: PolicyEvaluation<Scalar>, products: HessianProducts,
    of loss: (DistributionOutputs<Scalar>) -> Variable<Scalar>
  ) {
    let outputs = DistributionOutputs(
      location: Variable.tracked(evaluation.outputs.location.value),
      logStandardDeviation: evaluation.outputs.logStandardDeviation.map { .tracked($0.value) },
      value: evaluation.outputs.value.map { .tracked($0.value) })
    let variables = [outputs.location, outputs.logStandardDeviation, outputs.value]
      .compactMap { $0 }
    let value = loss(outputs)
    let slopes = Differentiation.gradient(
      of: value, withRespectTo: variables, recording: products != .none)
    self.loss = value.value.scalar
    self.evaluation = evaluation
    outputCurvature =
      products == .none ? nil : Linearization(of: slopes, withRespectTo: variables)
    network = evaluation.network.curvature(
      cotangent: evaluation.networkCotangent(slopes), products: products)
    gradient = evaluation.vector(network.gradient, slopes)
  }

  /// The Hessian times a vector, both `[1, parameter]`.
  public func hessianProduct(_ vector: Tensor<Scalar>) -> Tensor<Scalar> {
    guard let outputCurvature else {
      preconditionFailure("Hessian products were not prepared")
    }
    let direction = evaluation.policy.layout.tensors(of: vector)
    let networkDirection = evaluation.context?.folded(direction) ?? direction
    var moved: [Variable<Scalar>] = []
    let own = network.product(along: networkDirection) { tangent in
      moved = outputCurvature.pullback(
        evaluation.outputTangents(network: tangent, along: direction))
      return evaluation.networkCotangent(moved)
    }
    let product = evaluation.vector(own, moved)
    guard let context = evaluation.context else { return product }
    return product.adding(
      context.curvature(
        network.gradient, along: direction, layout: evaluation.policy.layout))
  }
}

extension PolicyEvaluation {
  /// How the distribution's outputs move: the network's as found, the log standard deviation's where no
  /// floor holds it.
  func outputTangents(
    network: Tensor<Scalar>, along direction: [Tensor<Scalar>]
  ) -> [Variable<Scalar>] {
    let (location, value) = policy.parts(of: Variable(network))
    let spread = isFree.flatMap { isFree in direction.last.map { $0.multiplied(by: isFree) } }
    return [location] + (spread.map { [Variable($0)] } ?? []) + (value.map { [$0] } ?? [])
  }

  /// What the distribution's outputs and the value pass to the network's outputs.
  func networkCotangent(_ outputs: [Variable<Scalar>]) -> Tensor<Scalar> {
    policy.joined(outputs[0].value, outputs.dropFirst(isFree == nil ? 1 : 2).first?.value)
  }

  /// A flat vector of the network's parts and what the distribution's outputs pass to the rest.
  func vector(_ network: [Tensor<Scalar>], _ outputs: [Variable<Scalar>]) -> Tensor<Scalar> {
    var parts = network + (context?.pullback(network) ?? [])
    if let isFree { parts.append(outputs[1].value.multiplied(by: isFree)) }
    return policy.layout.vector(of: parts.map { Variable($0) })
  }
}
