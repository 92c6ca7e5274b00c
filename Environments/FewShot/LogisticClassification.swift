public import EnvironmentKit
internal import Foundation
public import Randomness

/// Two classes by logistic regression, with as many examples of each.
///
/// P(class 1 | x) = sigmoid(w · x + b) with x ~ N(0, I), or class 1 where w · x + b > 0 with
/// `noisyLabels: false`. A task is a weight vector w ~ N(weightMean (1, ..., 1), weightDeviation^2 I)
/// and a bias b ~ N(0, biasDeviation^2). Shifted tasks lie about `shiftedMean (1, ..., 1)`. Inputs are
/// drawn given their class.
///
/// Reference: Cox, "The regression analysis of binary sequences", Journal of the Royal Statistical
/// Society B, 1958; a distribution over its weights is the hierarchy in which Grant, Finn, Levine,
/// Darrell and Griffiths read MAML, "Recasting gradient-based meta-learning as hierarchical Bayes",
/// ICLR 2018. Dimensions and deviations are Fledge's own.
public struct LogisticClassification: ExampleSource {
  /// The odds of the classes.
  public struct Task: Codable, Sendable, Equatable {
    /// The weight of each component of the input.
    public var weights: [Float]
    /// The logarithm of the odds of class 1 at the origin.
    public var bias: Float

    /// Creates a task.
    ///
    /// - Parameters:
    ///   - weights: The weight of each component of the input.
    ///   - bias: The logarithm of the odds of class 1 at the origin.
    public init(weights: [Float], bias: Float) { (self.weights, self.bias) = (weights, bias) }
  }

  /// The name in configurations.
  public static var name: String { "logistic-classification" }
  /// One line on what is to be learned.
  public static var summary: String { "Tell two classes apart whose log odds are linear" }

  private let parameters: Parameters

  /// Makes the source.
  ///
  /// - Parameter parameters: Valid parameters.
  public init(parameters: Parameters) { self.parameters = parameters }

  /// `dimension` numbers in, one of two classes out.
  public var specification: ExampleSpecification {
    .init(input: .numbers(parameters.dimension), target: .classes(2))
  }

  /// Draws weights and a bias.
  ///
  /// - Parameters:
  ///   - split: Shifted weights have another mean.
  ///   - random: The stream to draw from.
  /// - Returns: The odds.
  public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
    let mean = split == .shifted ? parameters.shiftedMean : parameters.weightMean
    let weights = random.normals(
      parameters.dimension, mean: mean, deviation: parameters.weightDeviation)
    return Task(weights: weights, bias: parameters.biasDeviation * random.normal())
  }

  /// Draws inputs of both classes.
  ///
  /// - Parameters:
  ///   - task: The odds.
  ///   - shots: Examples of each class in the support set, at least 1.
  ///   - random: The stream to draw from.
  /// - Returns: Both sets, class after class, with inputs `[example, component]`.
  public func examples(
    of task: Task, shots: Int, random: inout RandomStream
  ) -> FewShotExamples {
    FewShotExamples(shots: shots, queryExamples: parameters.queryExamples) { count in
      Examples(ofEach: count, classes: 2) { input(of: $0, in: task, random: &random) }
    }
  }

  /// Requires a weight for each component.
  ///
  /// - Parameter task: The odds.
  /// - Throws: `EnvironmentError` with the count and what is needed.
  public func validate(task: Task) throws {
    try requireCount("weights", task.weights.count, of: parameters.dimension)
  }

  /// Draws an input until its label is the wanted one; after many in vain, the last one is mirrored.
  ///
  /// Behind the boundary the odds are the opposite ones, sigmoid(-z) = 1 - sigmoid(z), so a mirrored
  /// input has the wanted label as surely as it had the other. Only where the bias leaves a class next
  /// to no inputs does it come to that, and with a bias of 0 their distribution is the same.
  private func input(
    of label: Int, in task: Task, random: inout RandomStream
  ) -> [Float] {
    var input: [Float] = []
    var score: Float = 0
    for _ in 0..<1000 {
      input = random.normals(parameters.dimension)
      score = dot(task.weights, input) + task.bias
      let isPositive = parameters.noisyLabels ? random.uniform() < sigmoid(score) : score > 0
      if isPositive == (label == 1) { return input }
    }
    // Where all weights vanish, which no draw is likely to see, no input is better than another.
    let step = 2 * score / max(dot(task.weights, task.weights), .leastNormalMagnitude)
    return zip(input, task.weights).map { $0 - step * $1 }
  }
}

/// The probability of class 1 by the logarithm of its odds.
private func sigmoid(_ score: Float) -> Float { 1 / (1 + exp(-score)) }

extension LogisticClassification {
  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// The components of an input.
    public var dimension = 5
    /// The mean of each weight.
    public var weightMean: Float = 1
    /// The mean of each weight of shifted tasks.
    public var shiftedMean: Float = -1
    /// The standard deviation of each weight about its mean.
    public var weightDeviation: Float = 1
    /// The standard deviation of the bias.
    public var biasDeviation: Float = 0.5
    /// Whether labels are drawn by their probability; otherwise each is the likelier one.
    public var noisyLabels = true
    /// Examples of each class in the query set.
    public var queryExamples = 10

    /// Creates the defaults.
    public init() {}

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try requireDimension(dimension)
      try require("weightMean", weightMean, in: -100...100)
      try requireShiftedMean(shiftedMean, unlike: weightMean)
      try require("weightDeviation", weightDeviation, in: 1e-3...100)
      try require("biasDeviation", biasDeviation, in: 0...100)
      try requireQueryExamples(queryExamples)
    }
  }
}
