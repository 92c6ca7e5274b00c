/// Several operations as one, whose derivatives are written out: first derivatives alone.
///
/// - Parameters:
///   - value: What they compute of the inputs.
///   - inputs: What they depend on.
///   - pullback: From the cotangent of the value to those of the inputs; nil for one that isn't tracked.
/// - Returns: The value, with a record where an input is tracked. Differentiating it twice is refused.
public func fused<Scalar>(
  _ value: Tensor<Scalar>, of inputs: [Variable<Scalar>],
  pullback: @escaping (_ cotangent: Tensor<Scalar>) -> [Tensor<Scalar>?]
) -> Variable<Scalar> {
  guard inputs.contains(where: \.isTracked) else { return Variable(value) }
  let shared = SharedPullback(pullback)
  let edges = inputs.enumerated().compactMap { place, input in
    input.node.map { node in
      Node<Scalar>.Edge(input: node) { cotangent, sum, pass in
        precondition(!pass.isRecording, "fused operations have first derivatives alone")
        return Variable(shared.cotangent(of: place, from: cotangent.value)).added(to: sum)
      }
    }
  }
  return Variable(value: value, node: Node(edges: edges))
}

/// What a pullback gives all inputs, each of which asks for its own with the same cotangent.
private final class SharedPullback<Scalar: TensorScalar> {
  private let run: (Tensor<Scalar>) -> [Tensor<Scalar>?]
  /// Kept, so that no other cotangent can stand in its place.
  private var last: Tensor<Scalar>?
  private var found: [Tensor<Scalar>?] = []

  init(_ run: @escaping (Tensor<Scalar>) -> [Tensor<Scalar>?]) { self.run = run }

  func cotangent(of place: Int, from cotangent: Tensor<Scalar>) -> Tensor<Scalar> {
    if last?.pointer != cotangent.pointer { (last, found) = (cotangent, run(cotangent)) }
    guard let own = found[place] else { preconditionFailure("a cotangent is missing") }
    return own
  }
}
