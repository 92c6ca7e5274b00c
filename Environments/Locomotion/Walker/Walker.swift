public import EnvironmentKit
public import Randomness

/// A walker on two legs with hips and knees: BipedalWalker, with tasks.
///
/// Bodies, joints, motors, ground, observation and reward are those of Gymnasium's
/// BipedalWalker-v3, 50 control steps a second. An action is one number for each joint, clipped to
/// [-1, 1]: its sign is the way that the motor turns, its size the share of the 80 N m that it may
/// use to get to its speed of 4 rad/s in a hip, 6 rad/s in a knee. The reward of a step is
///
///     original, dynamics, terrain:   130/30 dx                         - 5 d|angle| - 0.028 |a|
///     velocity:                      130/30 dt (v* - |dx/dt - v*|)     - 5 d|angle| - 0.028 |a|
///
/// with the changes dx of the hull's position in m and d|angle| of the size of its angle in rad,
/// and the sum |a| of the clipped actions' sizes. The family `velocity` so rewards what the
/// original does until the commanded velocity v* is reached, and takes back what goes beyond: it
/// is -|v - v*| in the original's scale with a constant that makes standing still worth 0, since
/// otherwise an early fall would pay. A step in which the hull touches the ground, or leaves it
/// backward, is rewarded by -100 and terminates the episode; so does the end of the ground at 88.7 m,
/// without that reward.
///
/// The ground is drawn anew in each episode. Observations are clipped to the ranges that Gymnasium
/// declares, and with `observesTask` end with the task's numbers.
///
/// What differs from the original: the ground is one line in place of separate ones, so that feet
/// don't catch on its corners, and a foot's contact lasts until it touches no part of it; Box2D is
/// of version 2.4, which solves motors and limits in another order; and by default the solver takes
/// fewer rounds (see ``WalkerSolver``).
public struct Walker: Environment {
  /// What changes from task to task.
  public typealias Task = LocomotionTask
  /// What stays the same.
  public typealias Parameters = WalkerParameters

  /// The name in configurations.
  public static var name: String { "walker" }
  /// One line on what is to be done.
  public static var summary: String {
    "Walk on two legs over uneven ground, with four motors and a range finder"
  }

  private let parameters: WalkerParameters
  private var world: WalkerWorld
  private var task = LocomotionTask()
  private var taskObservation: [Float] = []

  /// Makes a world.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Throws: `PhysicsError` where the walker doesn't make a world.
  public init(parameters: WalkerParameters) throws {
    self.parameters = parameters
    world = try WalkerWorld(solver: parameters.solver)
  }

  /// Describes observations, motors and horizon.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: 24 observations and 4 actions; with `observesTask`, the task's numbers besides.
  /// - Throws: `EnvironmentError` for a horizon below 1.
  public static func specification(
    parameters: WalkerParameters
  ) throws -> EnvironmentSpecification {
    let shared = parameters.observesTask ? parameters.task.shared : nil
    return try EnvironmentSpecification(
      observation: WalkerBody.observation.map(\.component)
        + (shared?.components(joints: WalkerBody.joints) ?? []),
      action: .continuous(
        WalkerBody.joints.map { Component("\($0) torque", unit: "80 N m", range: -1...1) }),
      horizon: parameters.horizon, taskUnits: LocomotionTask.units)
  }

  /// Makes the task distribution.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: The tasks of the family.
  public static func tasks(parameters: WalkerParameters) -> WalkerTasks {
    WalkerTasks(parameters: parameters)
  }

  /// Checks every value of a task.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - parameters: Valid parameters.
  /// - Throws: `EnvironmentError` for a value out of range.
  public static func validate(task: LocomotionTask, parameters: WalkerParameters) throws {
    try task.validate(joints: WalkerBody.joints.count)
  }

  /// Starts standing at the left end of a new ground, with a random push.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - random: Draws ground and push.
  ///   - observation: Receives the observation.
  public mutating func reset(
    task: LocomotionTask, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    self.task = task
    if parameters.observesTask, let shared = parameters.task.shared {
      taskObservation = shared.observation(of: task, joints: WalkerBody.joints.count)
    }
    world.reset(dynamics: task.dynamics, terrain: task.terrain, random: &random)
    observe(&observation)
  }

  /// Drives the motors for a control step.
  ///
  /// - Parameters:
  ///   - action: The ways to turn and the shares of the torque.
  ///   - random: Not drawn from.
  ///   - observation: Receives the observation.
  /// - Returns: The reward, terminated at a fall and at the end of the ground.
  public mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    let (x, tilt) = (world.x, abs(world.angle))
    world.step(action)
    observe(&observation)
    if world.hasFallen { return Transition(reward: -100, terminated: true) }
    let reward =
      130.0 / 30 * credited(world.x - x) - 5 * (abs(world.angle) - tilt)
      - 0.00035 * 80 * effort(action)
    return Transition(reward: reward, terminated: world.isAtEnd)
  }

  /// The walker on its ground with the rays of its range finder, and an arrow for the commanded
  /// velocity.
  public var scene: Scene? { world.scene(task: task, family: parameters.task.shared) }

  /// What a step's way counts for, in m.
  private func credited(_ way: Float) -> Float {
    guard parameters.task == .velocity else { return way }
    let commanded = task.velocity / WalkerBody.frequency
    return commanded - abs(way - commanded)
  }

  /// The sum of the sizes of actions, clipped as the world clips them.
  private func effort(_ action: Span<Float>) -> Float {
    var sum: Float = 0
    for index in action.indices {
      let size = min(abs(action[index]), 1)
      sum += size.isNaN ? 0 : size
    }
    return sum
  }

  private func observe(_ observation: inout MutableSpan<Float>) {
    world.observe(&observation)
    let first = observation.count - taskObservation.count
    for index in taskObservation.indices { observation[first + index] = taskObservation[index] }
  }
}
