public import Differentiation

/// A network that remembers: what a row puts out depends on the rows before it in its sequence.
///
/// What it must have is one step, as recorded operations; sequences, acting and derivatives follow from it.
public protocol RecurrentNetwork: Network {
  /// One row of each of some sequences.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by ``Network/parameters``; further ones behind them are left alone.
  ///   - inputs: `[sequence, input]`.
  ///   - memory: What is remembered of the rows before, `[sequence, memory]`; 0 before the first.
  /// - Returns: `[sequence, output]`, and what is remembered then, `[sequence, memory]`.
  func step<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>, memory: Variable<Scalar>
  ) -> (outputs: Variable<Scalar>, memory: Variable<Scalar>)
}

extension RecurrentNetwork {
  /// Each row is a sequence of its own.
  public func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Variable<Scalar>
  ) -> Variable<Scalar> {
    step(parameters, inputs, memory: nothing(rows: inputs.shape.rows)).outputs
  }

  /// All sequences go forward together, each as far as it has rows.
  public func outputs<Scalar>(
    _ parameters: [Variable<Scalar>], _ inputs: Sequences<Scalar>
  ) -> Variable<Scalar> {
    let order = TimeOrder(inputs)
    let count = inputs.rows.shape.rows
    let rows = Variable(inputs.rows)
    var memory =
      inputs.memory.map { Variable($0).rows(at: order.sequences) } ?? nothing(rows: inputs.count)
    var outputs: Variable<Scalar>?
    for places in order.steps {
      let indices = Array(order.rows[places])
      if indices.count < memory.shape.rows { memory = memory.rows(at: Array(indices.indices)) }
      let next = step(parameters, rows.rows(at: indices), memory: memory)
      outputs = next.outputs.placed(atRows: indices, of: count, plus: outputs.take())
      memory = next.memory
    }
    return outputs ?? Variable(Tensor(Shape(0, outputWidth), repeating: 0))
  }

  /// Acting by the recorded step, on constants.
  public func makeForward(capacity: Int) -> any ForwardPass {
    RecordedForward(self, capacity: capacity) { step($0, $1, memory: $2) }
  }

  private func nothing<Scalar>(rows: Int) -> Variable<Scalar> {
    Variable(Tensor(Shape(rows, memoryWidth), repeating: 0))
  }
}
