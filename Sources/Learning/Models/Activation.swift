package import Differentiation

/// What stands between the layers of a network.
public enum Activation: String, CaseIterable, Codable, Sendable {
  /// The hyperbolic tangent.
  case tanh
  /// The rectifier, max(0, x).
  case relu
  /// The rectifier with a slope of 0.01 below 0.
  case leakyRelu
  /// The exponential linear unit, `eˣ - 1` below 0 (Clevert et al. 2016).
  case elu
  /// The sigmoid linear unit, `x / (1 + e⁻ˣ)` (Elfwing et al. 2018).
  case silu
  /// The Gaussian error linear unit, `x P(X ≤ x)` for a standard normal X (Hendrycks and Gimpel 2016).
  case gelu
}

/// The activation `h = φ(z)` and its derivatives on plain memory.
///
/// The derivatives of a monotone activation follow from its output h, which networks have anyway. Those of
/// the others are computed from the sums z, once, and kept: φ'(z) and φ''(z).
extension Activation {
  /// Whether the derivatives follow from the output.
  package var isMonotone: Bool { self != .silu && self != .gelu }

  /// The activation of recorded sums; gives up the sums, whose memory is reused where it can be.
  package func callAsFunction<Scalar>(_ sums: consuming Variable<Scalar>) -> Variable<Scalar> {
    switch self {
    case .tanh: sums.hyperbolicTangent()
    case .relu: sums.rectified()
    case .leakyRelu: sums.leakilyRectified()
    case .elu: sums.exponentialLinearUnit()
    case .silu: sums.sigmoidLinearUnit()
    case .gelu: sums.gaussianErrorLinearUnit()
    }
  }

  /// `φ(z)`, written over z.
  @specialized(where Scalar == Float)
  package func apply<Scalar: TensorScalar>(_ count: Int, _ sums: UnsafeMutablePointer<Scalar>) {
    switch self {
    case .tanh: Scalar.kernels.tanh(count, sums, sums)
    case .relu: Scalar.kernels.relu(count, sums, sums)
    case .leakyRelu: Scalar.kernels.leakyRelu(count, sums, sums)
    case .elu: Scalar.kernels.elu(count, sums, sums)
    case .silu: Scalar.kernels.silu(count, sums, sums)
    case .gelu: Scalar.kernels.gelu(count, sums, sums)
    }
  }

  /// `φ'(z)` and `φ''(z)` of an activation that isn't monotone, into memory of their own.
  package func derivatives<Scalar: TensorScalar>(
    _ count: Int, at sums: UnsafePointer<Scalar>, slopes: UnsafeMutablePointer<Scalar>,
    bends: UnsafeMutablePointer<Scalar>
  ) {
    switch self {
    case .tanh, .relu, .leakyRelu, .elu:
      preconditionFailure("the derivatives of \(self) follow from its output")
    case .silu: Scalar.kernels.siluDerivatives(count, sums, slopes, bends)
    case .gelu: Scalar.kernels.geluDerivatives(count, sums, slopes, bends)
    }
  }

  /// `φ'(z) ∘ cotangent`, into memory of its own.
  ///
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - state: `φ(z)` where the activation is monotone, else `φ'(z)`.
  ///   - cotangent: What is multiplied.
  ///   - out: Receives the product.
  @specialized(where Scalar == Float)
  package func slope<Scalar: TensorScalar>(
    _ count: Int, at state: UnsafePointer<Scalar>, _ cotangent: UnsafePointer<Scalar>,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    switch self {
    case .tanh: Scalar.kernels.tanhSlope(count, state, cotangent, out, 0)
    case .relu: Scalar.kernels.gate(count, state, cotangent, out, 0)
    case .leakyRelu: Scalar.kernels.leakyGate(count, state, cotangent, out, 0)
    case .elu: Scalar.kernels.eluSlope(count, state, cotangent, out, 0)
    case .silu, .gelu: Scalar.kernels.multiply(count, state, cotangent, out, 0)
    }
  }

  /// The tangent of `φ'(z) ∘ c` where both c and z move, into memory of its own:
  /// `φ'(z) ∘ ċ + φ''(z) ∘ c ∘ ż`.
  ///
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - state: `φ(z)` where the activation is monotone, else `φ'(z)`.
  ///   - error: `φ'(z) ∘ c` where the activation is monotone, from which `φ''(z) ∘ c` follows, such as
  ///     `-2 h φ' ∘ c` for the hyperbolic tangent; else `φ''(z) ∘ c`.
  ///   - cotangentTangent: ċ.
  ///   - sumsTangent: ż.
  ///   - out: Receives the tangent.
  @specialized(where Scalar == Float)
  package func slopeTangent<Scalar: TensorScalar>(
    _ count: Int, at state: UnsafePointer<Scalar>, error: UnsafePointer<Scalar>,
    _ cotangentTangent: UnsafePointer<Scalar>, _ sumsTangent: UnsafePointer<Scalar>,
    into out: UnsafeMutablePointer<Scalar>
  ) {
    let kernels = Scalar.kernels
    switch self {
    case .tanh: kernels.tanhSlopeTangent(count, state, error, cotangentTangent, sumsTangent, out)
    case .relu: kernels.gate(count, state, cotangentTangent, out, 0)
    case .leakyRelu: kernels.leakyGate(count, state, cotangentTangent, out, 0)
    case .elu: kernels.eluSlopeTangent(count, state, error, cotangentTangent, sumsTangent, out)
    case .silu, .gelu:
      kernels.multiply(count, state, cotangentTangent, out, 0)
      kernels.multiply(count, error, sumsTangent, out, 1)
    }
  }
}
