public import EnvironmentKit
public import Randomness

/// Quadratic losses of one parameter, for which the best initialization is known.
///
/// Task i has the loss `a/2 (θ - c)²` with its curvature a and its optimum c, all tasks with the same
/// probability: so many tasks as parameters name, or with optima that are `shift` further for shifted
/// ones. A step of size α takes `θ - c` to `(1 - α a)(θ - c)`. After k steps the best initialization is
/// the mean of the optima with weights
///
/// - `a (1 - α a)²ᵏ` for the loss after adaptation (`objective: loss`);
/// - `(1 - α a)²ᵏ` for half the squared distance to the optimum after it (`objective: distance`);
///
/// so that a task whose optimum adaptation all but reaches, α a near 1, counts for next to nothing.
/// First-order MAML descends along another direction and ends where the weights have `(1 - α a)ᵏ` in
/// the place of `(1 - α a)²ᵏ`. With one curvature for all tasks every weight is the same, and both end
/// at the mean of the optima.
///
/// An example is the linear function `y = c x` at `x = ±√(a/2)`, so that the mean squared error of a
/// linear model with weight θ is the task's loss. Each shot is both of them: their errors by a bias
/// cancel, and it stays at 0.
///
/// Reference: the weights are derived here; that post-adaptation losses weigh tasks by what adaptation
/// leaves of them is discussed by Fallah, Mokhtari and Ozdaglar, "On the convergence theory of
/// gradient-based model-agnostic meta-learning algorithms", AISTATS 2020.
public struct Quadratic: ExampleSource {
  /// One loss.
  public struct Task: Codable, Sendable, Equatable {
    /// The second derivative of the loss.
    public var curvature: Float
    /// Where the loss is least.
    public var optimum: Float

    /// Creates a task.
    ///
    /// - Parameters:
    ///   - curvature: The second derivative of the loss, above 0.
    ///   - optimum: Where the loss is least.
    public init(curvature: Float, optimum: Float) {
      (self.curvature, self.optimum) = (curvature, optimum)
    }
  }

  /// The name in configurations.
  public static var name: String { "quadratic" }
  /// One line on what is to be learned.
  public static var summary: String { "Descend one of several parabolas of one parameter" }

  private let parameters: Parameters
  /// What train and validation tasks are drawn from.
  private var trained: [Task]
  /// What test tasks are drawn from.
  private var tested: [Task]

  /// Makes the source.
  ///
  /// - Parameter parameters: Valid parameters.
  public init(parameters: Parameters) {
    self.parameters = parameters
    trained = parameters.tasks
    tested = trained
  }

  /// One number in, one number out.
  public var specification: ExampleSpecification { .init(input: .numbers(1), target: .numbers(1)) }

  /// Draws one of the losses.
  ///
  /// - Parameters:
  ///   - split: Shifted optima lie further by `shift`.
  ///   - random: The stream to draw from.
  /// - Returns: Curvature and optimum.
  public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
    let tasks = split == .train || split == .validation ? trained : tested
    var task = tasks[random.index(below: tasks.count)]
    if split == .shifted { task.optimum += parameters.shift }
    return task
  }

  /// Makes the examples whose mean squared error the loss is.
  ///
  /// - Parameters:
  ///   - task: The loss.
  ///   - shots: Pairs of examples in the support set, all of them the same.
  ///   - random: Left alone.
  /// - Returns: Both sets, with inputs `[example, 1]`; the query set is one pair.
  public func examples(
    of task: Task, shots: Int, random: inout RandomStream
  ) -> FewShotExamples {
    func pairs(_ count: Int, curvature: Float) -> Examples {
      let size = (curvature / 2).squareRoot()
      let inputs = (0..<count).flatMap { _ in [size, -size] }
      return Examples(inputs: inputs, targets: .numbers(inputs.map { task.optimum * $0 }))
    }
    return FewShotExamples(
      support: pairs(shots, curvature: task.curvature),
      query: pairs(1, curvature: parameters.objective == .loss ? task.curvature : 1))
  }

  /// Requires a loss with a minimum.
  ///
  /// - Parameter task: A loss.
  /// - Throws: `EnvironmentError` with the value and what is allowed.
  public func validate(task: Task) throws {
    try require("curvature", task.curvature, in: Parameters.curvatureRange)
  }

  /// The losses that parameters name.
  public var members: [String] {
    parameters.tasks.map { "curvature \($0.curvature), optimum \($0.optimum)" }
  }

  /// Keeps one of the losses from training.
  ///
  /// - Parameter member: Its place.
  /// - Returns: The source, whose test tasks are that loss alone.
  public func leavingOut(_ member: Int) -> Quadratic {
    var source = self
    source.tested = [parameters.tasks[member]]
    source.trained.remove(at: member)
    return source
  }

  /// The mean of the optima with the weights of the objective.
  ///
  /// - Parameter rule: How the model is adapted.
  /// - Returns: The best weight, where the step size is given.
  public func closedForms(under rule: AdaptationRule) -> [ClosedForm] {
    guard let stepSize = rule.stepSize else { return [] }
    var (sum, total) = (0.0, 0.0)
    for task in trained {
      let curvature = Double(task.curvature)
      // What adaptation leaves of the distance: once from where it ends, once from how that follows the
      // initialization, which first-order MAML counts as 1.
      let left = power(1 - stepSize * curvature, rule.steps * (rule.isFirstOrder ? 1 : 2))
      let weight = left * (parameters.objective == .loss ? curvature : 1)
      sum += weight * Double(task.optimum)
      total += weight
    }
    return total == 0 ? [] : [ClosedForm(.initialization, of: "layers.0.weight", [sum / total])]
  }
}

private func power(_ base: Double, _ exponent: Int) -> Double {
  (0..<exponent).reduce(1) { product, _ in product * base }
}

extension Quadratic {
  /// What the loss after adaptation is measured by.
  public enum Objective: String, ParameterChoice {
    /// The task's own loss.
    case loss
    /// Half the squared distance to the task's optimum.
    case distance
  }

  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// The curvature of each task.
    public var curvatures: [Float] = [1, 4, 0.5]
    /// The optimum of each task.
    public var optima: [Float] = [-1, 2, 5]
    /// What the initialization is judged by.
    public var objective = Objective.loss
    /// How much further the optima of shifted tasks are.
    public var shift: Float = 10

    /// Creates the defaults.
    public init() {}

    static var curvatureRange: ClosedRange<Float> { 1e-3...1e3 }

    var tasks: [Task] {
      zip(curvatures, optima).map { Task(curvature: $0, optimum: $1) }
    }

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try require("curvatures.count", curvatures.count, in: 1...1000)
      guard optima.count == curvatures.count else {
        throw EnvironmentError(
          "'optima' has \(optima.count) numbers; it must have as many as 'curvatures', "
            + "\(curvatures.count)", key: "optima")
      }
      for curvature in curvatures { try require("curvatures", curvature, in: Self.curvatureRange) }
      for optimum in optima { try require("optima", optimum, in: -1e3...1e3) }
      try require("shift", shift, in: -1e3...1e3)
    }
  }
}
