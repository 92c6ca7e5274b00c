public import Differentiation

extension MultilayerPerceptron {
  /// The outputs for rows of inputs as one recorded operation, by backpropagation that is written out: as ``outputs(_:_:)``,
  /// but with first derivatives alone, and faster.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``parameters``: all of them tracked, or none; further ones behind them are left alone.
  ///   - inputs: `[row, input]`.
  /// - Returns: `[row, output]`.
  public func fusedOutputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> Variable<Scalar> {
    let own = Array(parameters.prefix(self.parameters.count))
    let isForInputs = !own.contains(where: \.isTracked)
    let point = PerceptronPoint(
      self, own.map(\.value), inputs.value, cache: .empty,
      isDifferentiated: !isForInputs || inputs.isTracked)
    return fused(point.outputs, of: own + [inputs]) { cotangent in
      let toInputs = inputs.isTracked ? Tensor<Scalar>(uninitialized: inputs.shape) : nil
      let gradient = point.pullback(cotangent, inputs: toInputs, isForInputs: isForInputs)
      let toParameters: [Tensor<Scalar>?] =
        isForInputs ? Array(repeating: nil, count: own.count) : gradient
      return toParameters + [toInputs]
    }
  }
}
