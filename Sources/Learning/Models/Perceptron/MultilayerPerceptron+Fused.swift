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
    let own = parameters.prefix(self.parameters.count)
    let point = PerceptronPoint(self, own.map(\.value), inputs.value, cache: .empty)
    return fused(point.outputs, of: own + [inputs]) { cotangent, isWanted in
      let inputCotangent = isWanted.last == true ? Tensor<Scalar>(uninitialized: inputs.shape) : nil
      let gradient = point.pullback(
        cotangent, inputs: inputCotangent, isForInputs: isWanted.first == false)
      return gradient + [inputCotangent]
    }
  }
}
