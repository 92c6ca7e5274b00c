import Derivatives
import Differentiation
import Models
import Testing

@Suite struct ActivationTests {
  /// What PyTorch computes at -1 and at 1.
  @Test(
    "Values are the known ones",
    arguments: [
      (Activation.tanh, -0.7615942, 0.7615942), (.relu, 0, 1), (.leakyRelu, -0.01, 1),
      (.elu, -0.6321206, 1), (.silu, -0.2689414, 0.7310586), (.gelu, -0.1586553, 0.8413447),
    ])
  func knownValues(activation: Activation, below: Double, above: Double) {
    let found = values(of: activation, at: [-1, 0, 1] as [Double])
    for (found, expected) in zip(found, [below, 0, above]) {
      #expect(abs(found - expected) < 6e-8)
    }
  }

  /// More than one block of them, and not a whole number.
  private let sums = (0..<601).map { -8.965 + 0.03 * Double($0) }

  @Test("Values, recorded or not, are the formula's", arguments: Activation.allCases)
  func formula(activation: Activation) {
    let recorded = activation(Variable(row(sums))).value.elements
    let single = values(of: activation, at: sums.map { Float($0) })
    for (index, found) in values(of: activation, at: sums).enumerated() {
      let expected = activation.formula(sums[index])
      #expect(abs(found - expected) < 1e-14 && abs(recorded[index] - expected) < 1e-14)
      #expect(abs(Double(single[index]) - expected) < 4e-7 * max(1, abs(expected)))
    }
  }

  @Test("Derivatives on plain memory are those of the record", arguments: Activation.allCases)
  func derivatives(activation: Activation) {
    let (slopes, bends) = recordedDerivatives(of: activation, at: sums)
    let found = plainDerivatives(of: activation, at: sums)
    for index in sums.indices {
      #expect(abs(found.slopes[index] - slopes[index]) < 1e-13)
      #expect(abs(found.bends[index] - bends[index]) < 1e-13)
    }
  }

  @Test("Derivatives of the record agree with differences", arguments: Activation.allCases)
  func differences(activation: Activation) {
    // None is as near to the kink at 0 as the differences reach.
    let (slopes, bends) = recordedDerivatives(of: activation, at: sums)
    let direction = row([Double](repeating: 1, count: sums.count))
    let rise = difference(at: row(sums), along: direction) { activation(Variable($0)).value }
    let turn = difference(at: row(sums), along: direction) {
      row(recordedDerivatives(of: activation, at: $0.elements).slopes)
    }
    for index in sums.indices {
      #expect(abs(slopes[index] - rise.elements[index]) < 1e-10)
      #expect(abs(bends[index] - turn.elements[index]) < 1e-10)
    }
  }

  /// Observations and biases of 0, as where a task begins, give sums of 0.
  @Test(
    "At 0 the slope is the one of PyTorch",
    arguments: [
      (Activation.tanh, 1), (.relu, 0), (.leakyRelu, 0.01), (.elu, 1), (.silu, 0.5), (.gelu, 0.5),
    ])
  func slopeAtZero(activation: Activation, slope: Double) {
    #expect(recordedDerivatives(of: activation, at: [0.0]).slopes == [slope])
    #expect(plainDerivatives(of: activation, at: [0.0]).slopes == [slope])
  }

  @Test("Large sums have finite values and derivatives", arguments: Activation.allCases)
  func largeSums(activation: Activation) {
    func check<Scalar: TensorScalar>(_ sums: [Scalar]) {
      let recorded = recordedDerivatives(of: activation, at: sums)
      let plain = plainDerivatives(of: activation, at: sums)
      for found in [recorded, plain] {
        for (index, sum) in sums.enumerated() {
          let isLinear = sum > 0 && activation != .tanh
          let below: Scalar = activation == .leakyRelu ? 0.01 : 0
          #expect(found.slopes[index] == (isLinear ? 1 : below))
          #expect(found.bends[index] == 0)
        }
      }
      for (value, sum) in zip(values(of: activation, at: sums), sums) {
        #expect(value.isFinite && (sum < 0 || activation == .tanh || value == sum))
      }
    }
    check([-3e38, -1e20, -1000, 1000, 1e20, 3e38] as [Float])
    check([-1e308, -1e200, -1000, 1000, 1e200, 1e308] as [Double])
  }

  private func row<Scalar>(_ elements: [Scalar]) -> Tensor<Scalar> {
    Tensor(Shape(1, elements.count), elements)
  }

  private func values<Scalar: TensorScalar>(
    of activation: Activation, at sums: [Scalar]
  ) -> [Scalar] {
    let values = row(sums)
    activation.apply(sums.count, values.pointer)
    return values.elements
  }

  private func recordedDerivatives<Scalar: TensorScalar>(
    of activation: Activation, at sums: [Scalar]
  ) -> (slopes: [Scalar], bends: [Scalar]) {
    let point = Variable.tracked(row(sums))
    let slopes = gradient(
      of: activation(point).sum(), withRespectTo: [point], recording: true)[0]
    let bends = gradient(of: slopes.sum(), withRespectTo: [point])[0]
    return (slopes.value.elements, bends.value.elements)
  }

  /// By way of the tangent of `φ'(z) ∘ c` for c = 1, which moves as z does.
  private func plainDerivatives<Scalar: TensorScalar>(
    of activation: Activation, at sums: [Scalar]
  ) -> (slopes: [Scalar], bends: [Scalar]) {
    let count = sums.count
    let shape = Shape(1, count)
    let (ones, zeros) = (
      Tensor<Scalar>(shape, repeating: 1), Tensor<Scalar>(shape, repeating: 0)
    )
    let inputs = row(sums)
    let (state, bent, slopes, bends) = (row(sums), row(sums), row(sums), row(sums))
    if activation.isMonotone {
      activation.apply(count, state.pointer)
      activation.slope(count, at: state.pointer, ones.pointer, into: bent.pointer)
    } else {
      activation.derivatives(
        count, at: inputs.pointer, slopes: state.pointer, bends: bent.pointer)
    }
    activation.slope(count, at: state.pointer, ones.pointer, into: slopes.pointer)
    activation.slopeTangent(
      count, at: state.pointer, error: bent.pointer, zeros.pointer, ones.pointer,
      into: bends.pointer)
    return (slopes.elements, bends.elements)
  }
}
