/// The mean over all elements of `(prediction - target)²`.
@specialized(where Scalar == Float)
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
/// - Returns: A number, `[1, 1]`.
@specialized(where Scalar == Float)
public func crossEntropy<Scalar>(_ logits: Variable<Scalar>, labels: [Int]) -> Variable<Scalar> {
  logits.logSoftmax().elements(inColumns: labels).mean().scaled(by: -1)
}
