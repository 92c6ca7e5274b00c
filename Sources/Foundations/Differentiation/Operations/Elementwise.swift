/// Allocates `shape` or, where `sum` is given, continues in it: the one place that decides whether an
/// accumulation can happen in place.
///
/// - Parameters:
///   - shape: The result's sides.
///   - sum: What the result is added to; its memory is reused when nobody else holds it.
///   - body: Writes to its first argument; the second is 1 when it must add to what is there.
/// - Returns: The sum, or what was written.
@inline(__always)
func accumulated<Scalar>(
  _ shape: Shape, into sum: inout Variable<Scalar>?,
  _ body: (UnsafeMutablePointer<Scalar>, Int32) -> Void
) -> Tensor<Scalar> {
  // Asked in place: a copy of the variable, even a brief one, would be another holder.
  guard let isUnshared = sum?.value.isUnshared, let value = sum.take()?.value else {
    return Tensor(shape) { body($0, 0) }
  }
  precondition(value.shape == shape, "\(shape) cannot be added to \(value.shape)")
  let target = isUnshared ? value : value.copy()
  body(target.pointer, 1)
  return target
}

extension Tensor {
  func copy() -> Tensor {
    Tensor(shape) { $0.update(from: pointer, count: count) }
  }
}

extension Variable {
  /// This variable plus `sum`, where there is one.
  func added(to sum: consuming Variable?) -> Variable {
    guard sum != nil else { return self }
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, _ in
      Scalar.kernels.add(self.value.count, out, self.value.pointer, out)
    }
    return .output(value, plus: total, self, Self.identity)
  }

  /// Element by element sum of equal shapes.
  @specialized(where Scalar == Float)
  public static func + (left: Variable, right: Variable) -> Variable {
    left.requireShape(of: right)
    return .output(
      Tensor(left.shape) {
        Scalar.kernels.add(left.value.count, left.value.pointer, right.value.pointer, $0)
      }, left, identity, right, identity)
  }

  /// Element by element difference of equal shapes.
  @specialized(where Scalar == Float)
  public static func - (left: Variable, right: Variable) -> Variable {
    left.requireShape(of: right)
    return .output(
      Tensor(left.shape) {
        Scalar.kernels.subtract(left.value.count, left.value.pointer, right.value.pointer, $0)
      }, left, identity, right, { cotangent, sum, _ in cotangent.scaled(by: -1, plus: sum) })
  }

  /// Element by element product of equal shapes.
  @specialized(where Scalar == Float)
  public static func * (left: Variable, right: Variable) -> Variable {
    left.multiplied(by: right, plus: nil)
  }

  func multiplied(by right: Variable, plus sum: consuming Variable?) -> Variable {
    requireShape(of: right)
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      Scalar.kernels.multiply(
        self.value.count, self.value.pointer, right.value.pointer, out, accumulate)
    }
    return .output(
      value, plus: total,
      self, { cotangent, sum, pass in cotangent.multiplied(by: pass(right), plus: sum) },
      right, { cotangent, sum, pass in cotangent.multiplied(by: pass(self), plus: sum) })
  }

  /// Element by element quotient of equal shapes.
  @specialized(where Scalar == Float)
  public static func / (left: Variable, right: Variable) -> Variable {
    left.requireShape(of: right)
    return .output(
      Tensor(left.shape) {
        Scalar.kernels.divide(left.value.count, left.value.pointer, right.value.pointer, $0)
      },
      left, { cotangent, sum, pass in (cotangent / pass(right)).added(to: sum) },
      right,
      { cotangent, sum, pass in
        let quotient = pass(left) / pass(right)
        return (cotangent * (quotient / pass(right))).scaled(by: -1, plus: sum)
      })
  }

  /// This variable times a constant number.
  @specialized(where Scalar == Float)
  public func scaled(by factor: Scalar) -> Variable { scaled(by: factor, plus: nil) }

  func scaled(by factor: Scalar, plus sum: consuming Variable?) -> Variable {
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      Scalar.kernels.scale(self.value.count, factor, self.value.pointer, out, accumulate)
    }
    return .output(
      value, plus: total, self,
      { cotangent, sum, _ in cotangent.scaled(by: factor, plus: sum) })
  }

  /// `factor · self · second · third`, element by element.
  @specialized(where Scalar == Float)
  public func tripleProduct(
    _ second: Variable, _ third: Variable, scaledBy factor: Scalar
  ) -> Variable {
    tripleProduct(second, third, scaledBy: factor, plus: nil)
  }

  func tripleProduct(
    _ second: Variable, _ third: Variable, scaledBy factor: Scalar, plus sum: consuming Variable?
  ) -> Variable {
    requireShape(of: second)
    requireShape(of: third)
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      Scalar.kernels.tripleProduct(
        self.value.count, factor, self.value.pointer, second.value.pointer, third.value.pointer,
        out,
        accumulate)
    }
    func others(_ a: Variable, _ b: Variable) -> Node<Scalar>.Pullback {
      { cotangent, sum, pass in
        cotangent.tripleProduct(pass(a), pass(b), scaledBy: factor, plus: sum)
      }
    }
    return .output(
      value, plus: total, self, others(second, third), second, others(self, third), third,
      others(self, second))
  }

  /// The smaller of two, element by element; where they are equal the derivative is the left one's.
  @specialized(where Scalar == Float)
  public func minimum(_ other: Variable) -> Variable {
    requireShape(of: other)
    let isLeft = Variable(
      Tensor(shape) { out in
        for index in 0..<self.value.count {
          out[index] = self.value.pointer[index] <= other.value.pointer[index] ? 1 : 0
        }
      })
    let isRight = Variable(Tensor(shape, repeating: 1)) - isLeft
    return .output(
      Tensor(shape) {
        Scalar.kernels.minimum(self.value.count, self.value.pointer, other.value.pointer, $0)
      },
      self, { cotangent, sum, _ in cotangent.multiplied(by: isLeft, plus: sum) },
      other, { cotangent, sum, _ in cotangent.multiplied(by: isRight, plus: sum) })
  }

  /// The square, element by element.
  public var squared: Variable { self * self }

  /// `eˣ`, element by element.
  public var exponential: Variable {
    let value = Tensor<Scalar>(shape) {
      Scalar.kernels.exp(self.value.count, self.value.pointer, $0)
    }
    return .output(
      value, self,
      { cotangent, sum, pass in cotangent.multiplied(by: pass.output(value), plus: sum) })
  }

  /// The natural logarithm, element by element.
  public var logarithm: Variable {
    .output(
      Tensor(shape) { Scalar.kernels.log(self.value.count, self.value.pointer, $0) },
      self, { cotangent, sum, pass in (cotangent / pass(self)).added(to: sum) })
  }

  func requireShape(of other: Variable) {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
  }
}
