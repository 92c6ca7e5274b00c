public import Settings

/// How a run is adapted after training, where it is measured: none of it matters to training.
public struct EvaluationSettings: Settings, Sendable, Equatable {
  /// Factors on the step sizes of training to choose among on validation tasks; none to leave them.
  public var stepSizeFactors: [Double] = []
  /// Factors on the last step size, for steps beyond those of training, to choose among on validation tasks.
  public var laterStepFactors: [Double] = [1, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0]
  /// Validation tasks that they are chosen on.
  public var tuningTasks = 40

  /// The sizes of training, and a choice for the steps beyond.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .numbers(
        "stepSizeFactors", \.stepSizeFactors, in: 0...1e6, counts: 0...100,
        "factors on step sizes to choose among on validation tasks, [] to leave them"),
      .numbers(
        "laterStepFactors", \.laterStepFactors, in: 0...1e6, counts: 1...100,
        "factors on the last step size beyond the trained steps to choose among"),
      .integer(
        "tuningTasks", \.tuningTasks, in: 1...100_000, "validation tasks that they are chosen on"),
    ]
  }

  /// Factors for what was never adapted in training, or by sizes that were set for another method: enough to
  /// find the best within a factor of two of any size there is use for.
  public static let wideFactors = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20]
  /// Factors for what was trained with the very sizes.
  public static let narrowFactors = [0.25, 0.5, 1, 2, 4]
}
