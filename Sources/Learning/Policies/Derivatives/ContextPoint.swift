internal import Differentiation

/// A context c and its weights V, folded into the first layer's biases as `b + c V`: how derivatives pass
/// between those biases and the two.
struct ContextPoint<Scalar: TensorScalar> {
  private let start: Int
  /// The place of the biases.
  private let biases: Int
  /// c, `[1, size]`.
  private let values: Tensor<Scalar>
  /// V, `[size, width]`.
  private let weights: Tensor<Scalar>

  /// The context among a policy's tensors.
  init(_ tensors: [Tensor<Scalar>], from start: Int, into biases: Int) {
    (self.start, self.biases) = (start, biases)
    (values, weights) = (tensors[start], tensors[start + 1])
  }

  /// A direction of all parameters as the network takes it: the biases move by `db + dc V + c dV`.
  func folded(_ direction: [Tensor<Scalar>]) -> [Tensor<Scalar>] {
    var folded = direction
    let moved =
      product(Variable(direction[start]), Variable(weights)).value
      .adding(product(Variable(values), Variable(direction[start + 1])).value)
    folded[biases] = direction[biases].adding(moved)
    return folded
  }

  /// Gradients with respect to c and V, from those with respect to the network's parameters: `g Vᵀ` and
  /// `cᵀ g` with the biases' g.
  func pullback(_ network: [Tensor<Scalar>]) -> [Tensor<Scalar>] {
    pair(network[biases], values, weights)
  }

  /// What the folding itself adds to a Hessian product: `g dVᵀ` for c and `dcᵀ g` for V.
  func curvature(
    _ network: [Tensor<Scalar>], along direction: [Tensor<Scalar>], layout: ParameterLayout
  ) -> Tensor<Scalar> {
    let own = pair(network[biases], direction[start], direction[start + 1])
    return layout.vector(
      of: layout.entries.enumerated().map { index, entry in
        let place = index - start
        return Variable(
          place == 0 || place == 1 ? own[place] : Tensor(entry.shape, repeating: 0))
      })
  }

  private func pair(
    _ biasGradient: Tensor<Scalar>, _ values: Tensor<Scalar>, _ weights: Tensor<Scalar>
  ) -> [Tensor<Scalar>] {
    let gradient = Variable(biasGradient)
    return [
      product(gradient, Variable(weights), transposeRight: true).value,
      product(Variable(values), gradient, transposeLeft: true).value,
    ]
  }
}
