public import EnvironmentKit
public import Randomness

/// Navigation to one of four corners under a sparse reward (ProMP's `MetaPointEnvCorner`).
///
/// The point starts uniformly on [-0.2, 0.2]^2; an action in [-1, 1]^2 is clipped, scaled by
/// `maximumStep` and added to the position. A position with |x| + |y| at least `sparseRadius`, nearer
/// to the task's corner than to the other three, is worth how much nearer to the corner it is than the
/// edge of the dead zone; every other position is worth 0. The reward of a move is what it adds, so
/// the sum of an episode's rewards is the worth of where it ends, at most 2.475. A tie counts as
/// nearest, for each corner alike.
///
/// Read from ProMP's code, with two differences. There a move *out of* the rewarded region costs
/// nothing, so that circling in and out of it pays without end (policies found 7 in 100 steps); here
/// the reward is a difference of potentials (Ng, Harada and Russell 1999). And there an episode never ends early (and its sibling,
/// `point_env_2d_v2`, ends episodes at the *origin*); here it terminates at the goal, when both
/// offsets are below `goalTolerance`, where nothing is left to gain. A tolerance of 0 turns that
/// off.
///
/// The four corners are all there is, so train, validation and test draw the same tasks: what is
/// held out there are episodes, not tasks. Shifted corners are turned by 45 degrees about the
/// origin, at the same distance.
///
/// Reference: Rothfuss, Lee, Clavera, Asfour and Abbeel, "ProMP: Proximal meta-policy search",
/// ICLR 2019.
public struct PointNavigationCorners: Environment {
  /// Which corner is rewarded.
  public typealias Task = PointNavigation.Task

  /// The name in configurations.
  public static var name: String { "point-navigation-corners" }
  /// One line on what is to be done.
  public static var summary: String { "Find the rewarded one of four corners of the plane" }

  private let maximumStep: Float
  private let goalTolerance: Float
  private let startRange: Float
  private let sparseRadius: Float
  private var goal = SIMD2<Float>.zero
  private var position = SIMD2<Float>.zero
  private var worth: Float = 0

  /// Makes a world.
  ///
  /// - Parameter parameters: Valid parameters.
  public init(parameters: Parameters) {
    maximumStep = parameters.maximumStep
    goalTolerance = parameters.goalTolerance
    startRange = parameters.startRange
    sparseRadius = parameters.sparseRadius
  }

  /// Describes position, move and horizon.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: Two observations, four with the goal; two actions.
  /// - Throws: `EnvironmentError` for a horizon below 1.
  public static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    let reach = parameters.startRange + parameters.maximumStep * Float(parameters.horizon)
    return try planarSpecification(
      reach: reach, horizon: parameters.horizon, startsVary: true,
      goalTolerance: parameters.goalTolerance, observesTask: parameters.observesTask)
  }

  /// Makes the corner distribution.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: Four corners with equal probability.
  public static func tasks(parameters: Parameters) -> Corners {
    Corners(distance: parameters.cornerDistance)
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

  /// The worth of the corner itself, D - edge: 2.475 m with ProMP's parameters.
  ///
  /// Rewards sum to the worth of the last position less that of the start. No position is worth more than
  /// the corner, at the distance D, where nothing is left of it; and equal moves end there exactly, if the
  /// horizon is long enough for them. Starts are worth 0 where their square lies in the dead zone. A corner
  /// within the dead zone is worth 0, and so is staying where one is.
  ///
  /// - Parameters:
  ///   - task: Which corner is rewarded.
  ///   - parameters: Valid parameters.
  /// - Returns: The greatest return, the same from each start; nil where starts are rewarded already, some
  ///   of them are too far from the corner to reach it, or the episode ends more than a move before it.
  public static func optimalReturn(of task: Task, parameters: Parameters) -> Double? {
    let goal = SIMD2<Double>(abs(task.goal))
    let (start, radius) = (Double(parameters.startRange), Double(parameters.sparseRadius))
    let reach = Double(parameters.maximumStep) * Double(parameters.horizon)
    guard 2 * start <= radius else { return nil }
    guard goal.sum() > radius else { return 0 }
    guard goal.max() + start <= reach, parameters.goalTolerance < parameters.maximumStep else {
      return nil
    }
    let distance = (goal * goal).sum().squareRoot()
    return distance - radius * distance / goal.sum()
  }

  /// Starts near the origin.
  ///
  /// - Parameters:
  ///   - task: Which corner is rewarded.
  ///   - random: Draws the start.
  ///   - observation: Receives the position, in m, and the goal if asked for.
  public mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    goal = task.goal
    position = random.point(within: startRange)
    worth = worthOfPosition
    observation.store(position, goal: goal)
  }

  /// Moves the point.
  ///
  /// - Parameters:
  ///   - action: The move, in units of `maximumStep`.
  ///   - random: Not drawn from.
  ///   - observation: Receives the position, in m, and the goal if asked for.
  /// - Returns: What the move adds to the worth of the position, in m, terminated at the goal.
  public mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    position += move(action, maximumStep: maximumStep)
    observation.store(position, goal: goal)
    let previous = worth
    worth = worthOfPosition
    return Transition(
      reward: worth - previous,
      terminated: isNear(position, goal, tolerance: goalTolerance))
  }

  /// The point, its corner, and the dead zone without reward about the origin.
  public var scene: Scene? {
    var scene = Scene(position: position, goal: goal, reach: abs(goal.x))
    let (east, north) = (SIMD2(sparseRadius, 0), SIMD2(0, sparseRadius))
    scene.shapes.insert(
      Scene.Shape(.region, [east, north, -east, -north], isClosed: true), at: 0)
    return scene
  }

  /// How much nearer to the goal the position is than the dead zone's edge, where that counts, in m.
  private var worthOfPosition: Float {
    guard abs(position.x) + abs(position.y) >= sparseRadius, isGoalNearest else { return 0 }
    let distance = length(goal)
    let edge = sparseRadius * distance / (abs(goal.x) + abs(goal.y))
    return distance - edge - length(goal - position)
  }

  /// Whether no quarter turn of the goal about the origin is nearer to the position.
  ///
  /// The four corners are the goal's quarter turns, all equally far out, so the nearest one has the
  /// greatest inner product with the position.
  private var isGoalNearest: Bool {
    let along = position.x * goal.x + position.y * goal.y
    let across = position.x * goal.y - position.y * goal.x
    return along >= abs(across)
  }
}

extension PointNavigationCorners {
  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// The corners' distance from the origin along each axis, in m.
    public var cornerDistance: Float = 2
    /// Half the side of the square of starts, in m.
    public var startRange: Float = 0.2
    /// The sum |x| + |y| from which positions count, in m.
    public var sparseRadius: Float = 0.5
    /// The greatest move along each axis, in m.
    public var maximumStep: Float = 0.2
    /// How near the goal is reached, along each axis, in m.
    public var goalTolerance: Float = 0.01
    /// The steps of an episode.
    public var horizon = 100
    /// Whether the observation ends with the goal, for an oracle.
    public var observesTask = false

    /// Creates ProMP's parameters.
    public init() {}

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try require("cornerDistance", cornerDistance, above: 0)
      try require("startRange", startRange, atLeast: 0)
      try require("sparseRadius", sparseRadius, atLeast: 0)
      try require("maximumStep", maximumStep, above: 0)
      try require("goalTolerance", goalTolerance, atLeast: 0)
      try requireHorizon(horizon)
    }
  }

  /// Four corners with equal probability.
  public struct Corners: TaskDistribution {
    let distance: Float

    /// Draws a corner.
    ///
    /// - Parameters:
    ///   - split: Shifted corners are turned by 45 degrees, all others the same four.
    ///   - random: The stream to draw from.
    /// - Returns: A task with the corner.
    public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
      let far = distance * (2 as Float).squareRoot()
      let turned = [SIMD2(far, 0), SIMD2(0, far), SIMD2(-far, 0), SIMD2(0, -far)]
      return Task(goal: (split == .shifted ? turned : corners)[random.index(below: 4)])
    }

    /// The four corners.
    public var all: [Task]? { corners.map { Task(goal: $0) } }

    private var corners: [SIMD2<Float>] {
      [
        SIMD2(distance, distance), SIMD2(-distance, distance), SIMD2(-distance, -distance),
        SIMD2(distance, -distance),
      ]
    }
  }
}
