internal import Differentiation

/// One layer of gated recurrent units gone through in time; all rows in the order of time.
///
/// The gates stand in planes of their own, each `[row, unit]`, so that a pass over a step's rows is a pass over contiguous
/// memory.
struct GatedRecurrentLayer<Scalar: TensorScalar> {
  private typealias Memory = UnsafeMutablePointer<Scalar>

  /// W and U of the gates r, z and n.
  private let inputWeights: [Tensor<Scalar>]
  private let hiddenWeights: [Tensor<Scalar>]
  /// x, `[row, in]`.
  private let inputs: Tensor<Scalar>
  /// h before each row, `[row, unit]`.
  private let before: Tensor<Scalar>
  /// r, z and n.
  private let gates: [Tensor<Scalar>]
  /// h Uₙ + cₙ.
  private let fromHidden: Tensor<Scalar>
  /// h', `[row, unit]`.
  let hidden: Tensor<Scalar>

  private var width: Int { hidden.shape.columns }

  /// Rows whose products are taken together, few enough to stay in cache.
  private static var blockRows: Int { 96 }

  /// Goes through the steps.
  ///
  /// - Parameters:
  ///   - parameters: W, U, b and c.
  ///   - inputs: x, `[row, in]`.
  ///   - memory: h before the first step, `[sequence, unit]`; nil for 0.
  ///   - steps: The rows of each step.
  @specialized(where Scalar == Float)
  init(
    _ parameters: [Tensor<Scalar>], _ inputs: Tensor<Scalar>, memory: Tensor<Scalar>?,
    steps: [Range<Int>]
  ) {
    let kernels = Scalar.kernels
    let width = parameters[1].shape.rows
    let planes = { (tensor: Tensor<Scalar>) in
      (0..<3).map { Variable(tensor).columns($0 * width..<($0 + 1) * width).value }
    }
    let (inputWeights, hiddenWeights) = (planes(parameters[0]), planes(parameters[1]))
    let (inputBiases, hiddenBiases) = (planes(parameters[2]), planes(parameters[3]))
    let rows = inputs.shape.rows
    let plane = { Tensor<Scalar>(uninitialized: Shape(rows, width)) }
    let (before, hidden, fromHidden) = (plane(), plane(), plane())
    let gates = [plane(), plane(), plane()]
    for gate in 0..<3 {
      // What r and z receive from h has its bias here; n's is multiplied by r.
      let biases =
        gate < 2 ? inputBiases[gate].adding(hiddenBiases[gate]) : inputBiases[gate]
      let inner = inputs.shape.columns
      for start in stride(from: 0, to: rows, by: Self.blockRows) {
        layerSums(
          rows: min(Self.blockRows, rows - start), inputs.pointer + start * inner,
          weights: inputWeights[gate], biases: biases,
          into: gates[gate].pointer + start * width)
      }
    }
    if let first = steps.first {
      if let memory {
        before.pointer.update(from: memory.pointer, count: first.count * width)
      } else {
        before.pointer.update(repeating: 0, count: first.count * width)
      }
    }
    for (index, step) in steps.enumerated() {
      let (start, count) = (step.lowerBound * width, step.count * width)
      let old = before.pointer + start
      let (reset, update) = (gates[0].pointer + start, gates[1].pointer + start)
      let (fresh, sums) = (gates[2].pointer + start, fromHidden.pointer + start)
      let new = hidden.pointer + start
      for gate in 0..<2 {
        kernels.product(
          0, 0, step.count, width, width, old, hiddenWeights[gate].pointer, 1,
          gates[gate].pointer + start)
      }
      layerSums(
        rows: step.count, old, weights: hiddenWeights[2], biases: hiddenBiases[2], into: sums)
      kernels.logistic(count, reset, reset)
      kernels.logistic(count, update, update)
      kernels.multiply(count, reset, sums, fresh, 1)
      kernels.tanh(count, fresh, fresh)
      kernels.gatedBlend(count, update, fresh, old, new)
      guard index + 1 < steps.count else { break }
      let next = steps[index + 1]
      (before.pointer + next.lowerBound * width).update(from: new, count: next.count * width)
    }
    (self.inputWeights, self.hiddenWeights, self.inputs) = (inputWeights, hiddenWeights, inputs)
    (self.before, self.gates, self.fromHidden, self.hidden) = (before, gates, fromHidden, hidden)
  }

  /// The gradient with respect to the parameters of a loss, from that with respect to what the units put out, last step
  /// first.
  ///
  /// With g the gradient with respect to h': `ż = g ∘ (h - n) ∘ z (1 - z)`, `ṅ = g ∘ (1 - z) ∘ (1 - n²)`,
  /// `ṙ = ṅ ∘ (h Uₙ + cₙ) ∘ r (1 - r)`, and `g ∘ z + ṙ Uᵣᵀ + ż U_zᵀ + (ṅ ∘ r) Uₙᵀ` goes to the step before.
  ///
  /// - Parameters:
  ///   - cotangent: `[row, unit]`, without what comes from later steps.
  ///   - steps: The rows of each step.
  ///   - toInputs: Whether the gradient with respect to the inputs is wanted.
  /// - Returns: One for each parameter, and with respect to the inputs, `[row, in]`.
  @specialized(where Scalar == Float)
  func pullback(
    _ cotangent: Tensor<Scalar>, steps: [Range<Int>], toInputs: Bool
  ) -> (parameters: [Tensor<Scalar>], inputs: Tensor<Scalar>?) {
    let kernels = Scalar.kernels
    let (rows, width) = (hidden.shape.rows, width)
    let turned = hiddenWeights.map { $0.transposed() }
    let plane = { Tensor<Scalar>(uninitialized: Shape(rows, width)) }
    // Of the sums of r, z and n, and of h Uₙ + cₙ.
    let (slopes, hiddenSlope) = ([plane(), plane(), plane()], plane())
    let widest = (steps.first?.count ?? 0) * width
    let carried = Tensor<Scalar>(Shape(1, widest), repeating: 0)
    for step in steps.reversed() {
      let (start, count) = (step.lowerBound * width, step.count * width)
      let carry = carried.pointer
      let (toReset, toUpdate) = (slopes[0].pointer + start, slopes[1].pointer + start)
      let (toFresh, toSums) = (slopes[2].pointer + start, hiddenSlope.pointer + start)
      // Of sequences that end here nothing is carried: their part of it is still 0.
      kernels.gatedSlopes(
        count, gates[0].pointer + start, gates[1].pointer + start, gates[2].pointer + start,
        fromHidden.pointer + start, before.pointer + start, cotangent.pointer + start, carry,
        toReset, toUpdate, toFresh, toSums)
      kernels.product(0, 0, step.count, width, width, toReset, turned[0].pointer, 1, carry)
      kernels.product(0, 0, step.count, width, width, toUpdate, turned[1].pointer, 1, carry)
      kernels.product(0, 0, step.count, width, width, toSums, turned[2].pointer, 1, carry)
    }
    let ofInputs = slopes.map { layerGradient($0, of: inputs) }
    let ofHidden = [slopes[0], slopes[1], hiddenSlope].map { layerGradient($0, of: before) }
    let gradients = [
      joined(ofInputs.map(\.weights)), joined(ofHidden.map(\.weights)),
      joined(ofInputs.map(\.biases)), joined(ofHidden.map(\.biases)),
    ]
    guard toInputs else { return (gradients, nil) }
    let inner = inputs.shape.columns
    return (
      gradients,
      Tensor(inputs.shape) { out in
        for (gate, (slope, weights)) in zip(slopes, inputWeights).enumerated() {
          kernels.product(
            0, 1, rows, inner, width, slope.pointer, weights.pointer, gate == 0 ? 0 : 1, out)
        }
      }
    )
  }

  /// The gates side by side, as parameters are laid out.
  private func joined(_ gates: [Tensor<Scalar>]) -> Tensor<Scalar> {
    let rows = gates[0].shape.rows
    return Tensor(Shape(rows, 3 * width)) { out in
      for row in 0..<rows {
        for (gate, values) in gates.enumerated() {
          (out + (3 * row + gate) * width).initialize(
            from: values.pointer + row * width, count: width)
        }
      }
    }
  }
}
