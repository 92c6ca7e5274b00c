public import Differentiation
public import EnvironmentKit
public import Models

/// Examples that a model is trained on or judged by together.
public struct ExampleBatch<Scalar: TensorScalar>: Sendable {
  /// `[example, number]`.
  public let inputs: Tensor<Scalar>
  /// What is to be predicted.
  public let targets: Targets

  /// What is to be predicted.
  public enum Targets: Sendable {
    /// `[example, number]`.
    case numbers(Tensor<Scalar>)
    /// The index of each example's class.
    case classes([Int])
  }

  /// A batch of as many inputs as targets.
  public init(inputs: Tensor<Scalar>, targets: Targets) {
    (self.inputs, self.targets) = (inputs, targets)
  }

  /// A batch of a source's examples.
  public init(_ examples: Examples, _ specification: ExampleSpecification) {
    let width = specification.input.width
    let count = examples.inputs.count / width
    inputs = Tensor<Float>(Shape(count, width), examples.inputs).converted(to: Scalar.self)
    switch examples.targets {
    case .numbers(let values):
      let shape = Shape(count, values.count / max(count, 1))
      targets = .numbers(Tensor<Float>(shape, values).converted(to: Scalar.self))
    case .classes(let labels): targets = .classes(labels)
    }
  }

  /// The loss of a model's outputs: the mean squared error of numbers, the cross-entropy of classes.
  ///
  /// - Parameter outputs: `[example, output]`.
  /// - Returns: `[1, 1]`.
  public func loss(_ outputs: Variable<Scalar>) -> Variable<Scalar> {
    switch targets {
    case .numbers(let values): meanSquaredError(outputs, Variable(values))
    case .classes(let labels): crossEntropy(outputs, labels: labels)
    }
  }

  /// How good a model's outputs are, the greater the better: minus the mean squared error of numbers, the
  /// accuracy of classes.
  ///
  /// - Parameter outputs: `[example, output]`.
  /// - Returns: The score.
  public func score(_ outputs: Tensor<Scalar>) -> Double {
    switch targets {
    case .numbers: -Double(loss(Variable(outputs)).value.scalar)
    case .classes(let labels):
      Double(labels.indices.count { outputs.greatestColumn(ofRow: $0) == labels[$0] })
        / Double(labels.count)
    }
  }
}

extension Tensor {
  /// The column of a row's greatest element, the first of equals.
  fileprivate func greatestColumn(ofRow row: Int) -> Int {
    (0..<shape.columns).reduce(0) { self[row, $1] > self[row, $0] ? $1 : $0 }
  }
}

extension Model {
  /// The loss of a batch with the penalty of the weights, `[1, 1]`, and the outputs it is of.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by the model.
  ///   - batch: The examples.
  ///   - statistics: Where normalization takes its statistics from.
  /// - Returns: `L + λ/2 ‖weights‖²`, and `[example, output]`.
  public func loss<Scalar>(
    _ parameters: [Variable<Scalar>], on batch: ExampleBatch<Scalar>,
    statistics: Statistics<Scalar> = .ofBatch
  ) -> (loss: Variable<Scalar>, outputs: Tensor<Scalar>) {
    let outputs = self(parameters, Variable(batch.inputs), statistics: statistics)
    let loss = batch.loss(outputs)
    guard settings.weightPenalty > 0 else { return (loss, outputs.value) }
    let weights = zip(layout.entries, parameters).filter { $0.0.name.hasSuffix("weight") }
    let penalty = weights.map { $0.1.squared.sum() }.reduce(Variable(0)) { $0 + $1 }
    return (loss + penalty.scaled(by: Scalar(settings.weightPenalty / 2)), outputs.value)
  }

  /// The loss of a task's query set, as ``loss(_:on:statistics:)`` of one set.
  ///
  /// - Parameters:
  ///   - parameters: As laid out by the model, adapted to the task.
  ///   - query: The examples that are judged by.
  ///   - support: Those that were adapted to; normalization may take its statistics from them.
  /// - Returns: The loss, `[1, 1]`, and `[example, output]`.
  public func loss<Scalar>(
    _ parameters: [Variable<Scalar>], onQuery query: ExampleBatch<Scalar>,
    beside support: ExampleBatch<Scalar>
  ) -> (loss: Variable<Scalar>, outputs: Tensor<Scalar>) {
    loss(
      parameters, on: query,
      statistics: queryStatistics(parameters, support: Variable(support.inputs)))
  }
}
