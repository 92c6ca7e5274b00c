public import EnvironmentKit
public import Randomness

/// The mean of a normal distribution, from some draws of it.
///
/// A task is a mean μ ~ N(priorMean, priorDeviation²); its examples are draws y ~ N(μ, deviation²).
/// Inputs are 0, so that the bias θ of a linear model is all that there is to adapt. A step of size a
/// down the negative log-likelihood of n draws is the estimate of greatest posterior probability under
/// a normal prior about the initialization whose precision is `1/a - n/s²` with s the deviation (Grant et
/// al. 2018). The mean squared error is that likelihood times `2 s²/n`, so that α of it stands for
/// `a = 2 α s²/n`.
///
/// So what is best is known: the initialization is `priorMean`, and the one step size is that whose prior
/// has the precision of the tasks' own, `1/a - n/s² = 1/τ²` with τ the prior's deviation:
/// `α = τ² / (2 (τ² + s²/n))`. A query set then has the mean squared error of the posterior mean,
/// `s² + 1 / (n/s² + 1/τ²)`. Shifted tasks have means about `shiftedMean`.
///
/// Reference: Grant, Finn, Levine, Darrell and Griffiths, "Recasting gradient-based meta-learning as
/// hierarchical Bayes", ICLR 2018.
public struct GaussianMean: ExampleSource {
  /// One distribution.
  public struct Task: Codable, Sendable, Equatable {
    /// Its mean.
    public var mean: Float

    /// Creates a task.
    ///
    /// - Parameter mean: The mean of the draws.
    public init(mean: Float) { self.mean = mean }
  }

  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// The mean of the tasks' means.
    public var priorMean: Float = 1.5
    /// The mean of shifted tasks' means.
    public var shiftedMean: Float = -5
    /// The standard deviation of the tasks' means, τ.
    public var priorDeviation: Float = 1
    /// The standard deviation of draws, s.
    public var deviation: Float = 2
    /// Examples in the query set.
    public var queryExamples = 10

    /// Creates the defaults.
    public init() {}

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try require("priorMean", priorMean, in: -1e3...1e3)
      try requireShiftedMean(shiftedMean, unlike: priorMean, of: "priorMean")
      try require("priorDeviation", priorDeviation, in: 1e-3...1e3)
      try require("deviation", deviation, in: 1e-3...1e3)
      try requireQueryExamples(queryExamples)
    }
  }

  /// The name in configurations.
  public static var name: String { "gaussian-mean" }
  /// One line on what is to be learned.
  public static var summary: String { "Estimate the mean of a normal distribution" }

  private let parameters: Parameters

  /// Makes the source.
  ///
  /// - Parameter parameters: Valid parameters.
  public init(parameters: Parameters) { self.parameters = parameters }

  /// One number in, which is 0, and one number out.
  public var specification: ExampleSpecification { .init(input: .numbers(1), target: .numbers(1)) }

  /// Draws a mean.
  ///
  /// - Parameters:
  ///   - split: Shifted tasks' means lie about another one.
  ///   - random: The stream to draw from.
  /// - Returns: The mean.
  public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
    let center = split == .shifted ? parameters.shiftedMean : parameters.priorMean
    return Task(mean: center + parameters.priorDeviation * random.normal())
  }

  /// Draws from a distribution.
  ///
  /// - Parameters:
  ///   - task: Its mean.
  ///   - shots: Examples in the support set, at least 1.
  ///   - random: The stream to draw from.
  /// - Returns: Both sets, with inputs `[example, 1]`.
  public func examples(
    of task: Task, shots: Int, random: inout RandomStream
  ) -> FewShotExamples {
    FewShotExamples(shots: shots, queryExamples: parameters.queryExamples) { count in
      Examples(
        inputs: Array(repeating: 0, count: count),
        targets: .numbers(random.normals(count, mean: task.mean, deviation: parameters.deviation)))
    }
  }

  /// The prior's mean, and where the size of a single step is learned, the size that means the prior.
  ///
  /// - Parameter rule: How the model is adapted.
  /// - Returns: Both, of the bias.
  public func closedForms(under rule: AdaptationRule) -> [ClosedForm] {
    let initialization = ClosedForm(
      .initialization, of: "layers.0.bias", [Double(parameters.priorMean)])
    guard rule.stepSize == nil, rule.steps == 1 else { return [initialization] }
    let prior = Double(parameters.priorDeviation) * Double(parameters.priorDeviation)
    let noise =
      Double(parameters.deviation) * Double(parameters.deviation) / Double(rule.shots)
    return [
      initialization, ClosedForm(.stepSize, of: "layers.0.bias", [prior / (2 * (prior + noise))]),
    ]
  }
}
