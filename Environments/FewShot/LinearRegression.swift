public import EnvironmentKit
public import Randomness

/// Linear regression whose tasks have a mean that is worth learning.
///
/// y = w · x + noise, with x ~ N(0, I) and noise ~ N(0, noiseDeviation^2). A task is a weight vector
/// w ~ N(weightMean (1, ..., 1), weightDeviation^2 I): the best start for adapting is the mean vector,
/// which leaves an error of `dimension · weightDeviation^2 + noiseDeviation^2`, 10.01 by default, where
/// zeros leave `dimension · weightMean^2` more, 40. Shifted tasks lie about `shiftedMean (1, ..., 1)`.
///
/// Reference: the setting of Denevi, Ciliberto, Stamos and Pontil, "Learning to learn around a common
/// mean", NeurIPS 2018; dimensions and deviations are Fledge's own.
public struct LinearRegression: ExampleSource {
  /// One linear function.
  public struct Task: Codable, Sendable, Equatable {
    /// The weight of each component of the input.
    public var weights: [Float]

    /// Creates a task.
    ///
    /// - Parameter weights: The weight of each component of the input.
    public init(weights: [Float]) { self.weights = weights }
  }

  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// The components of an input.
    public var dimension = 10
    /// The mean of each weight.
    public var weightMean: Float = 2
    /// The mean of each weight of shifted tasks.
    public var shiftedMean: Float = -2
    /// The standard deviation of each weight about its mean.
    public var weightDeviation: Float = 1
    /// The standard deviation of the noise of targets.
    public var noiseDeviation: Float = 0.1
    /// Examples in the query set.
    public var queryExamples = 10

    /// Creates the defaults.
    public init() {}

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try requireDimension(dimension)
      try require("weightMean", weightMean, in: -1e3...1e3)
      try requireShiftedMean(shiftedMean, unlike: weightMean)
      try require("weightDeviation", weightDeviation, in: 0...1e3)
      try require("noiseDeviation", noiseDeviation, in: 0...1e3)
      try requireQueryExamples(queryExamples)
    }
  }

  /// The name in configurations.
  public static var name: String { "linear-regression" }
  /// One line on what is to be learned.
  public static var summary: String { "Fit a linear function with weights about a common mean" }

  private let parameters: Parameters

  /// Makes the source.
  ///
  /// - Parameter parameters: Valid parameters.
  public init(parameters: Parameters) { self.parameters = parameters }

  /// `dimension` numbers in, one number out.
  public var specification: ExampleSpecification {
    .init(input: .numbers(parameters.dimension), target: .numbers(1))
  }

  /// Draws a weight vector.
  ///
  /// - Parameters:
  ///   - split: Shifted weights have another mean.
  ///   - random: The stream to draw from.
  /// - Returns: The weights.
  public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
    let mean = split == .shifted ? parameters.shiftedMean : parameters.weightMean
    return Task(
      weights: random.normals(
        parameters.dimension, mean: mean, deviation: parameters.weightDeviation))
  }

  /// Draws inputs with their noisy targets.
  ///
  /// - Parameters:
  ///   - task: The weights.
  ///   - shots: Examples in the support set, at least 1.
  ///   - random: The stream to draw from.
  /// - Returns: Both sets, with inputs `[example, component]`.
  public func examples(
    of task: Task, shots: Int, random: inout RandomStream
  ) -> FewShotExamples {
    let dimension = parameters.dimension
    return FewShotExamples(shots: shots, queryExamples: parameters.queryExamples) { count in
      let inputs = random.normals(count * dimension)
      let noise = random.normals(count, mean: 0, deviation: parameters.noiseDeviation)
      let targets = noise.enumerated().map { example, noise in
        dot(task.weights, inputs[(example * dimension)...].prefix(dimension)) + noise
      }
      return Examples(inputs: inputs, targets: .numbers(targets))
    }
  }

  /// Requires a weight for each component.
  ///
  /// - Parameter task: The weights.
  /// - Throws: `EnvironmentError` with the count and what is needed.
  public func validate(task: Task) throws {
    try requireCount("weights", task.weights.count, of: parameters.dimension)
  }

  /// The mean of the weights, however tasks are adapted: what adaptation leaves of a distance has nothing to
  /// do with the weights, since inputs are drawn without looking at them.
  ///
  /// - Parameter rule: Of no matter here.
  /// - Returns: The best weights, and a bias of 0.
  public func closedForms(under rule: AdaptationRule) -> [ClosedForm] {
    let mean = Double(parameters.weightMean)
    return [
      ClosedForm(
        .initialization, of: "layers.0.weight", Array(repeating: mean, count: parameters.dimension)),
      ClosedForm(.initialization, of: "layers.0.bias", [0]),
    ]
  }
}
