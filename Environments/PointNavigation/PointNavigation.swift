public import EnvironmentKit
public import Randomness

/// The 2D navigation of the MAML paper: move a point to a goal it cannot see.
///
/// The point starts at the origin; an action in [-1, 1]^2 is clipped, scaled by `maximumStep` and
/// added to the position p. The reward is -|p - goal| after the move. (The paper writes of the
/// squared distance; its code and its published numbers use the distance itself.) The episode
/// terminates at the goal, when both |x - goal_x| and |y - goal_y| are below `goalTolerance`.
/// Standing still scores -38.3 on average over the goals; walking straight there about -0.5.
///
/// Reference: Finn, Abbeel and Levine, "Model-agnostic meta-learning for fast adaptation of deep
/// networks", ICML 2017, section 5.3.
public struct PointNavigation: Environment {
  /// Where the goal is.
  public struct Task: Codable, Sendable, Equatable {
    /// The goal's position, in m.
    public var goal: SIMD2<Float>

    /// Creates a task.
    ///
    /// - Parameter goal: The goal's position, in m.
    public init(goal: SIMD2<Float>) { self.goal = goal }
  }

  /// The name in configurations.
  public static var name: String { "point-navigation" }
  /// One line on what is to be done.
  public static var summary: String { "Move a point to a goal in the plane that it cannot see" }

  private let goalRange: Float
  private let maximumStep: Float
  private let goalTolerance: Float
  private var goal = SIMD2<Float>.zero
  private var position = SIMD2<Float>.zero

  /// Makes a world.
  ///
  /// - Parameter parameters: Valid parameters.
  public init(parameters: Parameters) {
    goalRange = parameters.goalRange
    maximumStep = parameters.maximumStep
    goalTolerance = parameters.goalTolerance
  }

  /// Describes position, move and horizon.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: Two observations, four with the goal; two actions.
  /// - Throws: `EnvironmentError` for a horizon below 1.
  public static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    let reach = parameters.maximumStep * Float(parameters.horizon)
    return try planarSpecification(
      reach: reach, horizon: parameters.horizon, startsVary: false,
      goalTolerance: parameters.goalTolerance, observesTask: parameters.observesTask)
  }

  /// Makes the goal distribution.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: Goals in a square, and around it for the shifted split.
  public static func tasks(parameters: Parameters) -> SquareGoals {
    SquareGoals(range: parameters.goalRange, shiftedRange: parameters.shiftedRange)
  }

  /// Checks that a goal is finite.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - parameters: Valid parameters.
  /// - Throws: `EnvironmentError` for an infinite goal.
  public static func validate(task: Task, parameters: Parameters) throws {
    try checkGoal(task.goal)
  }

  /// The return of full moves along both axes at once until the goal is reached.
  ///
  /// The axes are moved independently, and each step's distance is least when both offsets are.
  ///
  /// - Parameters:
  ///   - task: Where the goal is.
  ///   - parameters: Valid parameters.
  /// - Returns: The greatest return.
  public static func optimalReturn(of task: Task, parameters: Parameters) -> Double? {
    var sum = 0.0
    for step in 1...parameters.horizon {
      let left = SIMD2<Double>(abs(task.goal)) - Double(step) * Double(parameters.maximumStep)
      let offset = left.clamped(
        lowerBound: .zero, upperBound: SIMD2(repeating: .greatestFiniteMagnitude))
      if offset == .zero { break }
      sum -= (offset * offset).sum().squareRoot()
    }
    return sum
  }

  /// Starts at the origin.
  ///
  /// - Parameters:
  ///   - task: Where the goal is.
  ///   - random: Not drawn from.
  ///   - observation: Receives the position, in m, and the goal if asked for.
  public mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    goal = task.goal
    position = .zero
    observation.store(position, goal: goal)
  }

  /// Moves the point.
  ///
  /// - Parameters:
  ///   - action: The move, in units of `maximumStep`.
  ///   - random: Not drawn from.
  ///   - observation: Receives the position, in m, and the goal if asked for.
  /// - Returns: Minus the distance to the goal in m, terminated at the goal.
  public mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    position += move(action, maximumStep: maximumStep)
    observation.store(position, goal: goal)
    return Transition(
      reward: -length(goal - position),
      terminated: isNear(position, goal, tolerance: goalTolerance))
  }

  /// The point and its goal.
  public var scene: Scene? { Scene(position: position, goal: goal, reach: goalRange) }
}

extension PointNavigation {
  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// Half the side of the square of goals, in m.
    public var goalRange: Float = 0.5
    /// Half the side of the larger square that holds the shifted goals, in m.
    public var shiftedRange: Float = 0.75
    /// The greatest move along each axis, in m.
    public var maximumStep: Float = 0.1
    /// How near the goal is reached, along each axis, in m.
    public var goalTolerance: Float = 0.01
    /// The steps of an episode.
    public var horizon = 100
    /// Whether the observation ends with the goal, for an oracle.
    public var observesTask = false

    /// Creates the paper's parameters.
    public init() {}

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try require("goalRange", goalRange, above: 0)
      try require("shiftedRange", shiftedRange, above: goalRange)
      try require("maximumStep", maximumStep, above: 0)
      try require("goalTolerance", goalTolerance, atLeast: 0)
      try requireHorizon(horizon)
    }
  }

  /// Goals uniform on a square; shifted ones uniform on the band around it.
  public struct SquareGoals: TaskDistribution {
    let range: Float
    let shiftedRange: Float

    /// Draws a goal.
    ///
    /// - Parameters:
    ///   - split: Shifted goals lie outside the square, all others in it.
    ///   - random: The stream to draw from.
    /// - Returns: A task with the goal.
    public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
      guard split == .shifted else { return Task(goal: random.point(within: range)) }
      // The band is at least a sliver, so points in the square are drawn again, a few at most.
      for _ in 0..<1000 {
        let goal = random.point(within: shiftedRange)
        if max(abs(goal.x), abs(goal.y)) > range { return Task(goal: goal) }
      }
      return Task(goal: SIMD2(shiftedRange, random.uniform(in: -shiftedRange...shiftedRange)))
    }
  }
}
