public import Differentiation
public import Randomness

/// A vector that joins the inputs of a network's first layer, and that a task can adapt in place of the
/// weights (CAVIA, Zintgraf et al. 2019).
///
/// With inputs x, weights W and b, and a context c with weights V, the first layer sums
/// `x W + (b + c V)`: the context is folded into the biases, and the network behind it needs to know
/// nothing of it. Each task begins with c = 0; what is meta-learned are W, b and V.
public struct ContextVector: Sendable, Equatable {
  /// The name of c among the parameters.
  public static let name = "context"
  static let weightsName = "contextWeights"

  /// The width of c.
  public let size: Int
  /// The units of the first layer.
  let width: Int

  /// A context of `size` numbers before a layer of `width` units.
  public init(size: Int, width: Int) { (self.size, self.width) = (size, width) }

  /// Names and shapes of the parameters: c `[1, size]`, which starts at 0, and V `[size, width]`.
  public var parameters: [(name: String, shape: Shape)] {
    [(Self.name, Shape(1, size)), (Self.weightsName, Shape(size, width))]
  }

  /// c = 0, and V uniform on ±√(6 / (size + width)) (Glorot and Bengio 2010).
  public func initialParameters(_ random: inout RandomStream) -> [Tensor<Float>] {
    let bound = (6 / Float(size + width)).squareRoot()
    return [
      Tensor(Shape(1, size), repeating: 0),
      Tensor(
        Shape(size, width), (0..<size * width).map { _ in (2 * random.uniform() - 1) * bound }),
    ]
  }

  /// The first layer's biases with the context in them: `b + c V`, `[1, width]`.
  ///
  /// - Parameters:
  ///   - biases: b, `[1, width]`.
  ///   - own: c and V.
  /// - Returns: Of the shape of `biases`.
  public func folded<Scalar>(
    into biases: Variable<Scalar>, _ own: ArraySlice<Variable<Scalar>>
  ) -> Variable<Scalar> {
    product(own[own.startIndex], own[own.startIndex + 1]) + biases
  }
}
