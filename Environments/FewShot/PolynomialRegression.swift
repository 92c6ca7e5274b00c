public import EnvironmentKit
public import Randomness

/// Regression of polynomials with random coefficients.
///
/// y = c_0 + c_1 x + ... + c_n x^n without noise, with x uniform on [-1, 1]. A task is its n + 1
/// coefficients, each uniform on [-coefficientRange, coefficientRange]; those of shifted tasks are
/// larger, every one with a size from [coefficientRange, shiftedRange]. The mean of all tasks is zero,
/// so that all there is to learn beforehand is the family of functions.
///
/// Reference: quadratics are among the families of Vuorio, Sun, Hu and Lim, "Multimodal model-agnostic
/// meta-learning via task-aware modulation", NeurIPS 2019; degree and ranges are Fledge's own.
public struct PolynomialRegression: ExampleSource {
  /// One polynomial.
  public struct Task: Codable, Sendable, Equatable {
    /// The factor of each power, from the constant upward.
    public var coefficients: [Float]

    /// Creates a task.
    ///
    /// - Parameter coefficients: The factor of each power, from the constant upward.
    public init(coefficients: [Float]) { self.coefficients = coefficients }

    /// The polynomial's value, by Horner's rule.
    func value(at input: Float) -> Float {
      coefficients.reversed().reduce(0) { $0 * input + $1 }
    }
  }

  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// The highest power.
    public var degree = 3
    /// The greatest size of a coefficient.
    public var coefficientRange: Float = 1
    /// The greatest size of a shifted coefficient, whose least is the others' greatest.
    public var shiftedRange: Float = 1.5
    /// Examples in the query set.
    public var queryExamples = 10

    /// Creates the defaults.
    public init() {}

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try require("degree", degree, in: 0...20)
      try require("coefficientRange", coefficientRange, in: 1e-3...1e3)
      try require("shiftedRange", shiftedRange, in: coefficientRange.nextUp...1e4)
      try requireQueryExamples(queryExamples)
    }
  }

  /// The name in configurations.
  public static var name: String { "polynomial-regression" }
  /// One line on what is to be learned.
  public static var summary: String { "Fit a polynomial of unknown coefficients" }

  private let parameters: Parameters

  /// Makes the source.
  ///
  /// - Parameter parameters: Valid parameters.
  public init(parameters: Parameters) { self.parameters = parameters }

  /// One number in, one number out.
  public var specification: ExampleSpecification { .init(input: .numbers(1), target: .numbers(1)) }

  /// Draws a polynomial.
  ///
  /// - Parameters:
  ///   - split: Shifted polynomials have larger coefficients than all others.
  ///   - random: The stream to draw from.
  /// - Returns: The coefficients.
  public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
    let (range, shiftedRange) = (parameters.coefficientRange, parameters.shiftedRange)
    let coefficients = (0...parameters.degree).map { _ in
      guard split == .shifted else { return random.uniform(in: -range...range) }
      let size = random.uniform(in: range...shiftedRange)
      return random.index(below: 2) == 0 ? size : -size
    }
    return Task(coefficients: coefficients)
  }

  /// Draws points of a polynomial.
  ///
  /// - Parameters:
  ///   - task: The polynomial.
  ///   - shots: Examples in the support set, at least 1.
  ///   - random: The stream to draw from.
  /// - Returns: Both sets, with inputs `[example, 1]`.
  public func examples(
    of task: Task, shots: Int, random: inout RandomStream
  ) -> FewShotExamples {
    FewShotExamples(shots: shots, queryExamples: parameters.queryExamples) { count in
      let inputs = random.uniforms(count, in: -1...1)
      return Examples(inputs: inputs, targets: .numbers(inputs.map(task.value)))
    }
  }

  /// Requires a coefficient for each power.
  ///
  /// - Parameter task: The polynomial.
  /// - Throws: `EnvironmentError` with the count and what is needed.
  public func validate(task: Task) throws {
    try requireCount("coefficients", task.coefficients.count, of: parameters.degree + 1)
  }
}
