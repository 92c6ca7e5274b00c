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
    let input = node
    let value = (consume self).value.mapped(by: Scalar.kernels.relu)
    return .output(
      value, from: input, { cotangent, sum, _ in cotangent.gated(by: value, plus: sum) })
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

  /// `self` where `gate` is positive, 0 elsewhere: the pullback of the rectifier.
  func gated(by gate: Tensor<Scalar>, plus sum: consuming Variable?) -> Variable {
    let total = sum?.node
    var sum = sum
    let value = accumulated(shape, into: &sum) { out, accumulate in
      Scalar.kernels.gate(self.value.count, gate.pointer, self.value.pointer, out, accumulate)
    }
    return .output(
      value, plus: total, self,
      { cotangent, sum, _ in cotangent.gated(by: gate, plus: sum) })
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
