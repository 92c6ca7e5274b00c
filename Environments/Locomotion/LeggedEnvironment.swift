public import EnvironmentKit
public import Randomness

/// A legged robot in the plane that is rewarded for how it moves forward.
///
/// An action is one number for each joint, clipped to [-1, 1], in units of the joint's torque limit.
/// With the velocity v = (x after - x before) / dt of the trunk, the reward of a step is
///
///     velocity:            -|v - v*|      - c |a|^2
///     direction:           +v or -v       - c |a|^2
///     dynamics, terrain:   v              - c |a|^2
///
/// with the clipped action a and c = `controlCost`. A fall terminates the episode; robots that can
/// fall are rewarded for what they do beyond standing still, |v*| - |v - v*|, plus `uprightReward`
/// for each step, since otherwise an early fall would pay on some tasks.
///
/// The observation is, in this order: the height of the trunk, its pitch, the joint angles, the
/// trunk's forward and upward velocity and pitch rate, and the joint speeds; with `observesTask`,
/// then the task's numbers. Each is in a unit that makes it about 1 while running, and clipped at 5
/// of them. The position along the ground isn't observed.
public struct LeggedEnvironment<Robot: LeggedRobot>: Environment {
  /// What changes from task to task.
  public typealias Task = LocomotionTask
  /// What stays the same.
  public typealias Parameters = LocomotionParameters

  /// The name in configurations.
  public static var name: String { Robot.name }
  /// One line on what is to be done.
  public static var summary: String { Robot.summary }

  private var runner: Runner

  /// Makes a world.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Throws: `PhysicsError` where the robot doesn't make a world.
  public init(parameters: LocomotionParameters) throws {
    runner = try Runner(Robot.description, parameters: parameters)
  }

  /// Describes observations, torques and horizon.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: A torque for each joint; two numbers for each joint and five for the trunk.
  /// - Throws: `EnvironmentError` for a horizon below 1.
  public static func specification(
    parameters: LocomotionParameters
  ) throws -> EnvironmentSpecification {
    let robot = Robot.description
    let joints = robot.limbs.map(\.name)
    let task = parameters.task.components(joints: joints)
    return try EnvironmentSpecification(
      observation: LeggedWorld.components(of: robot) + (parameters.observesTask ? task : []),
      action: .continuous(
        robot.limbs.map {
          Component("\($0.name) torque", unit: "\(Int($0.torque)) N m", range: -1...1)
        }),
      horizon: parameters.horizon, taskUnits: LocomotionTask.units)
  }

  /// Makes the task distribution.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: The tasks of the family.
  public static func tasks(parameters: LocomotionParameters) -> LocomotionTasks {
    LocomotionTasks(parameters: parameters, joints: Robot.description.limbs.count)
  }

  /// Checks every value of a task.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - parameters: Valid parameters.
  /// - Throws: `EnvironmentError` for a value out of range.
  public static func validate(task: LocomotionTask, parameters: LocomotionParameters) throws {
    try task.validate(joints: Robot.description.limbs.count)
  }

  /// Starts near rest, on the ground.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - random: Draws pose and velocities.
  ///   - observation: Receives the observation.
  public mutating func reset(
    task: LocomotionTask, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    runner.reset(task: task, random: &random, observation: &observation)
  }

  /// Applies torques for a control step.
  ///
  /// - Parameters:
  ///   - action: The torques, in units of their limits.
  ///   - random: Not drawn from.
  ///   - observation: Receives the observation.
  /// - Returns: The reward, terminated at a fall.
  public mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    runner.step(action: action, observation: &observation)
  }

  /// The robot on its ground, and an arrow for the commanded velocity or direction.
  public var scene: Scene? { runner.scene }
}

/// What steps, for any robot: compiled once.
struct Runner: Sendable {
  private let parameters: LocomotionParameters
  private(set) var legged: LeggedWorld
  private var task = LocomotionTask()
  private var taskObservation: [Float] = []
  /// What a step is worth besides, to robots that can fall.
  private var survivalReward: Float = 0

  init(_ robot: RobotDescription, parameters: LocomotionParameters) throws {
    self.parameters = parameters
    legged = try LeggedWorld(
      robot, solver: parameters.solver, duration: robot.controlStep * Float(parameters.horizon))
    setTask(task)
  }

  mutating func reset(
    task: LocomotionTask, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    if task != self.task { setTask(task) }
    legged.reset(
      dynamics: task.dynamics, terrain: task.terrain, noise: parameters.initialNoise,
      random: &random)
    observe(&observation)
  }

  mutating func step(
    action: Span<Float>, observation: inout MutableSpan<Float>
  ) -> Transition {
    let before = legged.x
    legged.step(action)
    observe(&observation)
    let robot = legged.robot
    let velocity = (legged.x - before) / robot.controlStep
    let reward =
      parameters.task.reward(velocity: velocity, task: task) + survivalReward
      - parameters.controlCost * squaredLength(action)
    return Transition(reward: reward, terminated: !legged.isUpright)
  }

  var scene: Scene { legged.scene(task: task, family: parameters.task) }

  private mutating func setTask(_ task: LocomotionTask) {
    self.task = task
    if legged.robot.uprightBounds != nil {
      let standing = parameters.task.reward(velocity: 0, task: task)
      survivalReward = parameters.uprightReward - standing
    }
    guard parameters.observesTask else { return }
    taskObservation = parameters.task.observation(of: task, joints: legged.robot.limbs.count)
  }

  private func observe(_ observation: inout MutableSpan<Float>) {
    legged.observe(&observation)
    let first = observation.count - taskObservation.count
    for index in taskObservation.indices { observation[first + index] = taskObservation[index] }
  }

  /// The squared length of an action clipped as the world clips it.
  private func squaredLength(_ action: Span<Float>) -> Float {
    var sum: Float = 0
    for index in action.indices {
      let clipped = min(max(action[index], -1), 1)
      sum += clipped.isNaN ? 0 : clipped * clipped
    }
    return sum
  }
}
