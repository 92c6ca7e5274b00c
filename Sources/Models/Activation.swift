package import Differentiation

/// What stands between the layers of a network.
public enum Activation: String, CaseIterable, Codable, Sendable {
  /// The hyperbolic tangent.
  case tanh
  /// The rectifier, max(0, x).
  case relu
}

/// The activation and its derivatives on plain memory, by way of its output `h = φ(z)`, from which both
/// follow.
extension Activation {
  /// The activation of recorded sums; gives up the sums, whose memory is reused.
  package func callAsFunction<Scalar>(_ sums: consuming Variable<Scalar>) -> Variable<Scalar> {
    switch self {
    case .tanh: sums.hyperbolicTangent()
    case .relu: sums.rectified()
    }
  }

  /// `φ(z)`, written over z.
  package func apply<Scalar: TensorScalar>(_ count: Int, _ sums: UnsafeMutablePointer<Scalar>) {
    switch self {
    case .tanh: Scalar.kernels.tanh(count, sums, sums)
    case .relu: Scalar.kernels.relu(count, sums, sums)
    }
  }

  /// `φ'(z) ∘ cotangent`, into memory of its own.
  package func slope<Scalar: TensorScalar>(
    _ count: Int, at hidden: UnsafePointer<Scalar>, _ cotangent: UnsafePointer<Scalar>,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    switch self {
    case .tanh: Scalar.kernels.tanhSlope(count, hidden, cotangent, out, 0)
    case .relu: Scalar.kernels.gate(count, hidden, cotangent, out, 0)
    }
  }

  /// The tangent of `φ'(z) ∘ c` where both c and z move, into memory of its own:
  /// `φ'(z) ∘ ċ + φ''(z) ∘ c ∘ ż`.
  ///
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - hidden: `φ(z)`.
  ///   - error: `φ'(z) ∘ c`; for the hyperbolic tangent `φ'' = -2 h φ'`.
  ///   - cotangentTangent: ċ.
  ///   - sumsTangent: ż.
  ///   - out: Receives the tangent.
  package func slopeTangent<Scalar: TensorScalar>(
    _ count: Int, at hidden: UnsafePointer<Scalar>, error: UnsafePointer<Scalar>,
    _ cotangentTangent: UnsafePointer<Scalar>, _ sumsTangent: UnsafePointer<Scalar>,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    switch self {
    case .tanh:
      Scalar.kernels.tanhSlopeTangent(count, hidden, error, cotangentTangent, sumsTangent, out)
    case .relu: Scalar.kernels.gate(count, hidden, cotangentTangent, out, 0)
    }
  }
}
