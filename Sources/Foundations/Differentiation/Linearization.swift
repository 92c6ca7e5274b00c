/// The derivative of a recorded computation at the point where it was computed: prepared once, applied
/// to as many cotangents as wanted.
///
/// For outputs `y = f(x)` with Jacobian `J = ∂y/∂x`, ``pullback(_:)`` computes the vector-Jacobian
/// product `Jᵀu`, and ``pushforward()`` prepares the Jacobian-vector product `Jv`.
///
/// Everything between inputs and outputs stays alive as long as the linearization does.
public struct Linearization<Scalar: TensorScalar> {
  private struct Step {
    let node: Node<Scalar>
    /// Whether it is an input, whose cotangent is a result.
    let isInput: Bool
    /// The pullbacks that lead to an input, and the slot of the cotangent each adds to.
    let edges: [(slot: Int, pullback: Node<Scalar>.Pullback)]
  }

  /// In the order in which cotangents are complete; the slot of a step is its position.
  private let steps: [Step]
  private let outputSlots: [Int?]
  private let inputSlots: [Int?]
  private let inputShapes: [Shape]
  private let outputShapes: [Shape]

  /// Prepares the derivative of `outputs` with respect to `inputs`.
  ///
  /// - Parameters:
  ///   - outputs: What was computed.
  ///   - inputs: Tracked variables it was computed from.
  @specialized(where Scalar == Float)
  public init(of outputs: [Variable<Scalar>], withRespectTo inputs: [Variable<Scalar>]) {
    let order = Self.topologicalOrder(from: outputs.compactMap(\.node))
    var isInput = [Bool](repeating: false, count: order.count)
    for input in inputs {
      if let node = input.node, node.place >= 0 { isInput[node.place] = true }
    }
    var leads = isInput
    for (place, node) in order.enumerated() where !leads[place] {
      leads[place] = node.edges.contains { leads[$0.input.place] }
    }
    // Outputs come first: slots count down the order, over the nodes that lead to an input.
    var slots = [Int?](repeating: nil, count: order.count)
    var next = 0
    for place in order.indices.reversed() where leads[place] {
      slots[place] = next
      next += 1
    }
    steps = order.indices.reversed().filter { leads[$0] }.map { place in
      let node = order[place]
      return Step(
        node: node, isInput: isInput[place],
        edges: node.edges.compactMap { edge in
          slots[edge.input.place].map { (slot: $0, pullback: edge.pullback) }
        })
    }
    let slot = { (variable: Variable<Scalar>) -> Int? in
      guard let node = variable.node, node.place >= 0 else { return nil }
      return slots[node.place]
    }
    outputSlots = outputs.map(slot)
    inputSlots = inputs.map(slot)
    inputShapes = inputs.map(\.shape)
    outputShapes = outputs.map(\.shape)
    for node in order { node.place = -1 }
  }

  /// The vector-Jacobian product `Jᵀu` as plain numbers.
  ///
  /// - Parameter cotangents: `u`, one for each output; a tracked one makes the result depend on it.
  /// - Returns: One for each input.
  @specialized(where Scalar == Float)
  public func pullback(_ cotangents: [Variable<Scalar>]) -> [Variable<Scalar>] {
    run(cotangents, recording: false)
  }

  /// The vector-Jacobian product, recorded so that it can be differentiated in turn.
  @specialized(where Scalar == Float)
  public func recordedPullback(_ cotangents: [Variable<Scalar>]) -> [Variable<Scalar>] {
    run(cotangents, recording: true)
  }

  /// The Jacobian-vector product, prepared: its ``pullback(_:)`` takes a tangent `v` for each input to
  /// `Jv`, one for each output.
  ///
  /// `Jᵀu` is linear in `u` and its transpose is `J`, so no operation needs a forward rule.
  @specialized(where Scalar == Float)
  public func pushforward() -> Linearization {
    let cotangents = outputShapes.map { Variable.tracked(Tensor<Scalar>($0, repeating: 0)) }
    return Linearization(of: pullback(cotangents), withRespectTo: cotangents)
  }

  private func run(_ cotangents: [Variable<Scalar>], recording: Bool) -> [Variable<Scalar>] {
    precondition(
      cotangents.map(\.shape) == outputShapes,
      "cotangents of shapes \(outputShapes) were expected, found \(cotangents.map(\.shape))")
    var pending = [Variable<Scalar>?](repeating: nil, count: steps.count)
    for (slot, cotangent) in zip(outputSlots, cotangents) {
      guard let slot else { continue }
      pending[slot] = pending[slot].map { $0 + cotangent } ?? cotangent
    }
    for (slot, step) in steps.enumerated() {
      guard let cotangent = pending[slot] else { continue }
      if !step.isInput { pending[slot] = nil }
      let pass = Pass(isRecording: recording, node: step.node)
      for edge in step.edges {
        // Handed over, not copied: a sum that nobody else holds is continued in place.
        pending[edge.slot] = edge.pullback(cotangent, pending[edge.slot].take(), pass)
      }
    }
    return zip(inputSlots, inputShapes).map { slot, shape in
      slot.flatMap { pending[$0] } ?? Variable(Tensor(shape, repeating: 0))
    }
  }

  /// Every node behind `roots`, inputs before what was computed from them; sets each node's place.
  private static func topologicalOrder(from roots: [Node<Scalar>]) -> [Node<Scalar>] {
    let visiting = -2
    var order: [Node<Scalar>] = []
    var stack: [(node: Node<Scalar>, nextEdge: Int)] = []
    for root in roots where root.place == -1 {
      root.place = visiting
      stack.append((root, 0))
      while let (node, nextEdge) = stack.last {
        if nextEdge < node.edges.count {
          stack[stack.count - 1].nextEdge += 1
          let input = node.edges[nextEdge].input
          if input.place == -1 {
            input.place = visiting
            stack.append((input, 0))
          }
        } else {
          stack.removeLast()
          node.place = order.count
          order.append(node)
        }
      }
    }
    return order
  }
}

/// The gradient of a number with respect to `inputs`.
///
/// - Parameters:
///   - output: A tensor of one element.
///   - inputs: Tracked variables.
///   - recording: Whether the gradient can be differentiated in turn.
/// - Returns: One for each input, of its shape.
@specialized(where Scalar == Float)
public func gradient<Scalar>(
  of output: Variable<Scalar>, withRespectTo inputs: [Variable<Scalar>], recording: Bool = false
) -> [Variable<Scalar>] {
  precondition(output.value.count == 1, "a gradient is of a number, not of \(output.shape)")
  let derivative = Linearization(of: [output], withRespectTo: inputs)
  let one = [Variable<Scalar>(1)]
  return recording ? derivative.recordedPullback(one) : derivative.pullback(one)
}
