public import Parallel

/// Arithmetic of flat vectors outside any record: what optimizers and conjugate gradient need.
extension Tensor {
  /// The sum over all elements of the products, accumulated in double precision.
  @specialized(where Scalar == Float)
  public func dot(_ other: Tensor) -> Scalar {
    precondition(count == other.count, "\(shape) and \(other.shape) have no dot product")
    return Scalar.kernels.dot(count, pointer, other.pointer)
  }

  /// This tensor plus `factor` times another.
  @specialized(where Scalar == Float)
  public func adding(_ other: Tensor, scaledBy factor: Scalar = 1) -> Tensor {
    precondition(count == other.count, "\(other.shape) cannot be added to \(shape)")
    let sum = copy()
    Scalar.kernels.scale(count, factor, other.pointer, sum.pointer, 1)
    return sum
  }

  /// Element by element product.
  @specialized(where Scalar == Float)
  public func multiplied(by other: Tensor) -> Tensor {
    precondition(count == other.count, "\(other.shape) cannot multiply \(shape)")
    return Tensor(shape) { Scalar.kernels.multiply(count, pointer, other.pointer, $0, 0) }
  }

  /// This tensor times a number.
  @specialized(where Scalar == Float)
  public func scaled(by factor: Scalar) -> Tensor {
    Tensor(shape) { Scalar.kernels.scale(count, factor, pointer, $0, 0) }
  }

  /// The Euclidean norm.
  public var norm: Scalar { dot(self).squareRoot() }

  /// Whether every element is a finite number.
  public var isFinite: Bool {
    // Zero times what is not finite is not a number, nor is any sum with it.
    scaled(by: 0).dot(Tensor(shape, repeating: 1)) == 0
  }
}

extension Tensor: Summable {
  /// The sum element by element.
  public static func + (left: Tensor, right: Tensor) -> Tensor { left.adding(right) }

  /// Reads sides and elements.
  public init(from message: inout Message) {
    let (rows, columns): (Int, Int) = (message.read(), message.read())
    self.init(Shape(rows, columns), message.read(numbers: Scalar.self))
  }

  /// Writes sides and elements.
  public func write(to message: inout Message) {
    message.write(shape.rows)
    message.write(shape.columns)
    message.write(numbers: UnsafeBufferPointer(start: pointer, count: count))
  }
}
