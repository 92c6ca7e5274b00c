package import Differentiation
package import Parallel

/// The gradient of a loss, and what the loss consists of.
package struct LossGradient<Scalar: TensorScalar> {
  /// `[1, parameter]`
  var gradient: Tensor<Scalar>
  var loss = 0.0
  /// What else is recorded of it, by the names it is recorded by.
  var terms: [String: Double] = [:]

  func scaled(by factor: Double) -> LossGradient {
    LossGradient(
      gradient: gradient.scaled(by: Scalar(factor)), loss: factor * loss,
      terms: terms.mapValues { factor * $0 })
  }
}

extension LossGradient: Summable {
  package init(from message: inout Message) {
    self.init(gradient: message.read(), loss: message.read(), terms: message.read())
  }

  package func write(to message: inout Message) {
    message.write(gradient)
    message.write(loss)
    message.write(terms)
  }

  package static func + (left: LossGradient, right: LossGradient) -> LossGradient {
    LossGradient(
      gradient: left.gradient + right.gradient, loss: left.loss + right.loss,
      terms: left.terms.merging(right.terms, uniquingKeysWith: +))
  }
}
