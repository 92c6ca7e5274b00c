/// The mean over all elements of `(prediction - target)²`.
public func meanSquaredError<Scalar>(
  _ prediction: Variable<Scalar>, _ target: Variable<Scalar>
) -> Variable<Scalar> {
  (prediction - target).squared.mean()
}

/// The mean over rows of `-log softmax(logits)[label]`.
///
/// - Parameters:
///   - logits: `[example, class]`.
///   - labels: The class of each example.
public func crossEntropy<Scalar>(_ logits: Variable<Scalar>, labels: [Int]) -> Variable<Scalar> {
  logits.logSoftmax().elements(inColumns: labels).mean().scaled(by: -1)
}
