public import Randomness

/// A distribution of supervised few-shot tasks: each has examples to adapt to, its support set, and
/// further ones to judge the adapted model by, its query set.
///
/// It stands beside ``Environment``: tasks are drawn by split, recorded and read back in the same way,
/// and parameters are keys of a configuration.
public protocol ExampleSource: Sendable {
  /// What changes from task to task: recorded in results.
  associatedtype Task: Codable, Sendable, Equatable
  /// What stays the same from task to task.
  associatedtype Parameters: EnvironmentParameters

  /// The name in configurations: lower-case words joined by hyphens.
  static var name: String { get }
  /// One line on what is to be learned.
  static var summary: String { get }

  /// Makes a source, which may read files.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Throws: An `EnvironmentError` with what was found and what is needed.
  init(parameters: Parameters) throws

  /// The shapes of inputs and targets.
  var specification: ExampleSpecification { get }

  /// Draws a task, from the handed stream alone.
  ///
  /// - Parameters:
  ///   - split: The part of the tasks to draw from.
  ///   - random: The stream to draw from.
  /// - Returns: A task of the split.
  func sample(split: TaskSplit, random: inout RandomStream) -> Task

  /// Draws disjoint support and query sets of a task.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - shots: Examples in the support set, of each class where there are classes.
  ///   - random: The stream to draw from.
  /// - Returns: Both sets.
  func examples(of task: Task, shots: Int, random: inout RandomStream) -> FewShotExamples

  /// The greatest number of shots that ``examples(of:shots:random:)`` can draw; the default has no limit.
  var shotLimit: Int { get }

  /// Checks a task that was read from a text; the default takes any.
  ///
  /// - Parameter task: The task.
  /// - Throws: An `EnvironmentError` with the key, the value and what is allowed.
  func validate(task: Task) throws

  /// Tells whether the files that tasks are made of are the same, wherever they stand; the default reads none.
  var content: String? { get }

  /// What one of can be left out of training and tested on, by its name: tasks where they are finitely
  /// many, or what finitely many tasks are made of, such as alphabets; the default has none.
  var members: [String] { get }

  /// The same source with a member kept from training and validation: the test split has that member alone.
  ///
  /// - Parameter member: Its place in ``members``.
  /// - Returns: The source.
  /// - Throws: An `EnvironmentError` where what is left is too little.
  func leavingOut(_ member: Int) throws -> Self

  /// What training a model that is linear in its parameters finds in the end, as far as that is known; the
  /// default knows nothing.
  ///
  /// - Parameter rule: How the model is adapted.
  /// - Returns: Values by the tensors of a linear model, `layers.0.weight` and `layers.0.bias`.
  func closedForms(under rule: AdaptationRule) -> [ClosedForm]
}

extension ExampleSource {
  /// No limit.
  public var shotLimit: Int { Int.max }

  /// Takes any task.
  public func validate(task: Task) {}

  /// No files.
  public var content: String? { nil }

  /// None.
  public var members: [String] { [] }

  /// The source as it is: there is nothing to leave out.
  public func leavingOut(_ member: Int) throws -> Self { self }

  /// Nothing is known.
  public func closedForms(under rule: AdaptationRule) -> [ClosedForm] { [] }
}

/// The shapes of a source's inputs and targets.
public struct ExampleSpecification: Sendable, Hashable {
  /// What an input is.
  public enum Input: Sendable, Hashable {
    /// So many numbers.
    case numbers(Int)
    /// A picture, row by row, the channels of a pixel side by side.
    case image(height: Int, width: Int, channels: Int)

    /// The number of floats.
    public var width: Int {
      switch self {
      case .numbers(let count): count
      case .image(let height, let width, let channels): height * width * channels
      }
    }
  }

  /// What is to be predicted.
  public enum Target: Sendable, Hashable {
    /// So many numbers; predictions are judged by the mean squared error.
    case numbers(Int)
    /// One of so many classes; predictions are judged by their accuracy.
    case classes(Int)
  }

  /// What an input is.
  public var input: Input
  /// What is to be predicted.
  public var target: Target

  /// A specification of its two parts.
  public init(input: Input, target: Target) {
    (self.input, self.target) = (input, target)
  }
}

/// Inputs with their targets.
public struct Examples: Sendable, Hashable {
  /// What is to be predicted.
  public enum Targets: Sendable, Hashable {
    /// Numbers, `[example, number]`.
    case numbers([Float])
    /// The index of each example's class, `[example]`.
    case classes([Int])
  }

  /// Inputs, `[example, number]`.
  public var inputs: [Float]
  /// One target for each input.
  public var targets: Targets

  /// Examples of their inputs and targets.
  public init(inputs: [Float], targets: Targets) {
    (self.inputs, self.targets) = (inputs, targets)
  }
}

/// What one task shows.
public struct FewShotExamples: Sendable, Hashable {
  /// What is adapted to.
  public var support: Examples
  /// What the adapted model is judged by.
  public var query: Examples

  /// The two sets.
  public init(support: Examples, query: Examples) {
    (self.support, self.query) = (support, query)
  }
}
