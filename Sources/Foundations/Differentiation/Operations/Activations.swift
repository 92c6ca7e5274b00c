extension Variable {
  /// The hyperbolic tangent, element by element; gives up the variable, whose memory is reused.
  @specialized(where Scalar == Float)
  public consuming func hyperbolicTangent() -> Variable {
    let input = node
    let value = (consume self).value.mapped(by: Scalar.kernels.tanh)
    return .output(
      value, from: input,
      { cotangent, sum, pass in cotangent.timesTanhSlope(at: pass.output(value), plus: sum) })
  }

  /// The rectifier `max(0, x)`, element by element, with derivative 0 at 0; gives up the variable,
  /// whose memory is reused.
  @specialized(where Scalar == Float)
  public consuming func rectified() -> Variable {
    (consume self).rectified(by: Scalar.kernels.relu, gate: Scalar.kernels.gate)
  }

  /// The leaky rectifier, `x` above 0 and `0.01 x` below, element by element; gives up the variable,
  /// whose memory is reused.
  @specialized(where Scalar == Float)
  public consuming func leakilyRectified() -> Variable {
    (consume self).rectified(by: Scalar.kernels.leakyRelu, gate: Scalar.kernels.leakyGate)
  }

  /// A function that is linear on either side of 0, with what its output lets through of a cotangent.
  private consuming func rectified(
    by function: Kernels<Scalar>.Map, gate: @escaping Kernels<Scalar>.AccumulatingZip
  ) -> Variable {
    let input = node
    let value = (consume self).value.mapped(by: function)
    return .output(
      value, from: input, { cotangent, sum, _ in cotangent.gated(by: value, gate, plus: sum) })
  }

  /// The exponential linear unit, `x` above 0 and `eˣ - 1` below, element by element; gives up the
  /// variable, whose memory is reused.
  @specialized(where Scalar == Float)
  public consuming func exponentialLinearUnit() -> Variable {
    let input = node
    let value = (consume self).value.mapped(by: Scalar.kernels.elu)
    return .output(
      value, from: input,
      { cotangent, sum, pass in
        // The slope is 1 + min(h, 0).
        let output = pass.output(value)
        return cotangent.multiplied(
          by: output - output.rectified(), plus: cotangent.added(to: sum))
      })
  }

  /// The sigmoid linear unit `x / (1 + e⁻ˣ)`, element by element.
  @specialized(where Scalar == Float)
  public func sigmoidLinearUnit() -> Variable { self * logistic }

  /// The Gaussian error linear unit `x P(X ≤ x)` for a standard normal X, element by element.
  @specialized(where Scalar == Float)
  public func gaussianErrorLinearUnit() -> Variable { self * normalDistribution }

  /// The softplus `log(1 + eˣ)`, element by element, where no exponential overflows.
  public var softplus: Variable {
    // x above 0, plus log(1 + e to the minus the absolute value).
    let (positive, negative) = (rectified(), scaled(by: -1).rectified())
    let ones = Variable(Tensor(shape, repeating: 1))
    return positive + (ones + (positive + negative).scaled(by: -1).exponential).logarithm
  }

  /// The logistic function `1 / (1 + e⁻ˣ)`, element by element.
  public var logistic: Variable {
    let value = Tensor<Scalar>(shape) {
      Scalar.kernels.logistic(self.value.count, self.value.pointer, $0)
    }
    return .output(
      value, self,
      { cotangent, sum, pass in
        let output = pass.output(value)
        return cotangent.multiplied(by: output - output.squared, plus: sum)
      })
  }

  /// The distribution function of the standard normal distribution, element by element.
  private var normalDistribution: Variable {
    .output(
      Tensor(shape) {
        Scalar.kernels.normalDistribution(self.value.count, self.value.pointer, $0)
      },
      self,
      { cotangent, sum, pass in
        cotangent.multiplied(by: pass(self).normalDensity, plus: sum)
      })
  }

  /// The density of the standard normal distribution, element by element.
  private var normalDensity: Variable {
    squared.scaled(by: -0.5).exponential.scaled(by: 1 / (2 * Scalar.pi).squareRoot())
  }

  /// `self · (1 - h²)` for `h = tanh(x)`: the pullback of the hyperbolic tangent.
  func timesTanhSlope(at h: Variable, plus sum: consuming Variable?) -> Variable {
    requireShape(of: h)
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      Scalar.kernels.tanhSlope(
        self.value.count, h.value.pointer, self.value.pointer, out, accumulate)
    }
    return .output(
      value, plus: total, self,
      { cotangent, sum, pass in cotangent.timesTanhSlope(at: pass(h), plus: sum) }, h,
      { cotangent, sum, pass in
        cotangent.tripleProduct(pass(h), pass(self), scaledBy: -2, plus: sum)
      })
  }

  /// `self` by what `gate` lets through of it, which `kernel` tells from the gate's sign: the pullback of a
  /// rectifier.
  func gated(
    by gate: Tensor<Scalar>, _ kernel: @escaping Kernels<Scalar>.AccumulatingZip,
    plus sum: consuming Variable?
  ) -> Variable {
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      kernel(self.value.count, gate.pointer, self.value.pointer, out, accumulate)
    }
    return .output(
      value, plus: total, self,
      { cotangent, sum, _ in cotangent.gated(by: gate, kernel, plus: sum) })
  }
}

extension Tensor {
  /// `function` of every element, written over the elements when nobody else can see them.
  fileprivate consuming func mapped(by function: Kernels<Scalar>.Map) -> Tensor {
    var source = self
    if source.isUnshared {
      function(source.count, source.pointer, source.pointer)
      return source
    }
    return Tensor(source.shape) { function(source.count, source.pointer, $0) }
  }
}
