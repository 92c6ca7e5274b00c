import Foundation
import Models

extension Activation {
  /// `φ(z)` by its formula.
  func formula(_ sum: Double) -> Double {
    switch self {
    case .tanh: Foundation.tanh(sum)
    case .relu: max(0, sum)
    case .leakyRelu: sum > 0 ? sum : sum / 100
    case .elu: sum > 0 ? sum : exp(sum) - 1
    case .silu: sum / (1 + exp(-sum))
    case .gelu: sum * erfc(-sum / 2.0.squareRoot()) / 2
    }
  }
}
