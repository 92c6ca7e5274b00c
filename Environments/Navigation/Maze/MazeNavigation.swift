public import EnvironmentKit
internal import Physics
public import Randomness

/// A disc with momentum that finds its way to a goal it cannot see, among walls that it feels by
/// eight range sensors.
///
/// The arena is a square of 2 m; the robot, a disc of 0.16 m seen from above, starts near its
/// centre. An action in [-1, 1]^2 is clipped and scaled to a force F that acts for 0.1 s on the mass
/// m, whose velocity v decays at the rate c: m dv/dt = F - m c v. It glides along walls without
/// friction and doesn't bounce. The episode terminates within `goalTolerance` of the goal.
///
/// The dense reward is minus the length of the shortest way around the walls, in m, after the step.
/// The straight distance would be higher behind the wall next to the goal than on the way around
/// it, so that a gradient step adapted to it would press the robot against the wall; the length of
/// the way has no local minimum but the goal. It tells where to go only through the return: nothing
/// of it is observed. The sparse reward is 1 at the goal.
public struct MazeNavigation: Environment {
  /// Where the goal and the walls are.
  public struct Task: Codable, Sendable, Equatable {
    /// The goal's position, in m.
    public var goal: SIMD2<Float>
    /// The walls.
    public var layout: MazeLayout

    /// Creates a task.
    ///
    /// - Parameters:
    ///   - goal: The goal's position, in m.
    ///   - layout: The walls.
    public init(goal: SIMD2<Float>, layout: MazeLayout = .pinwheel) {
      self.goal = goal
      self.layout = layout
    }
  }

  /// The name in configurations.
  public static var name: String { "maze-navigation" }
  /// One line on what is to be done.
  public static var summary: String {
    "Steer a disc with momentum around walls to a goal that it cannot see"
  }

  /// The radius of the robot, in m.
  public static let robotRadius: Float = 0.08

  private let parameters: Parameters
  private let world: World
  private let robot: Body
  private var task: Task
  private var way: ShortestPath

  /// Makes a world.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Throws: `EnvironmentError` where the parameters don't make a world.
  public init(parameters: Parameters) throws {
    self.parameters = parameters
    task = Task(goal: [0.3, 0])
    let (definition, robot) = WorldDefinition.maze(task.layout, parameters)
    self.robot = robot
    world = try makeWorld(definition)
    way = ShortestPath(to: task.goal, in: task.layout, radius: Self.robotRadius)
  }

  /// Starts at rest near the centre.
  ///
  /// - Parameters:
  ///   - task: A task that ``validate(task:parameters:)`` accepts.
  ///   - random: Draws the start.
  ///   - observation: Receives the first observation.
  public mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    if task.layout == self.task.layout {
      world.reset()
    } else {
      rebuild(task.layout)
    }
    if task != self.task {
      self.task = task
      way = ShortestPath(to: task.goal, in: task.layout, radius: Self.robotRadius)
    }
    let start = random.point(within: parameters.startRange)
    world.setState(BodyState(position: start), of: robot)
    observe(&observation)
  }

  private func rebuild(_ layout: MazeLayout) {
    do {
      try world.rebuild(WorldDefinition.maze(layout, parameters).definition)
    } catch {
      preconditionFailure("a task must be validated before it is reset to: \(error)")
    }
  }

  /// Pushes the robot for 0.1 s.
  ///
  /// - Parameters:
  ///   - action: The force, in units of `maximumForce`.
  ///   - random: Not drawn from.
  ///   - observation: Receives the next observation.
  /// - Returns: The reward, terminated at the goal.
  public mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    let force = parameters.maximumForce * SIMD2(control(action[0]), control(action[1]))
    world.applyForce(force, to: robot)
    world.step(substeps: WorldDefinition.mazeSubsteps)
    observe(&observation)
    let position = SIMD2(observation[0], observation[1])
    let isAtGoal = length(task.goal - position) < parameters.goalTolerance
    let reward = parameters.reward.value(isAtGoal: isAtGoal) { way.length(from: position) }
    return Transition(reward: reward, terminated: isAtGoal)
  }

  /// The arena from above, with the robot, its rays and the goal.
  public var scene: Scene? {
    var readings = [Float](repeating: 0, count: Self.sensedCount)
    var span = readings.mutableSpan
    world.read(&span)
    let position = world.position(of: robot)
    var scene = Scene(arena: MazeLayout.arenaHalfSide, caption: caption(goal: task.goal))
    scene.add(.goal, [task.goal], radius: parameters.goalTolerance)
    for (index, ray) in WorldDefinition.mazeRays.enumerated() {
      let range = readings[Self.sensedCount - WorldDefinition.mazeRays.count + index]
      scene.add(.ray, [position, position + range * ray])
    }
    scene.add(world, walls: Body(index: 0), agent: robot)
    return scene
  }

  private func observe(_ observation: inout MutableSpan<Float>) {
    var readings = observation._mutatingExtracting(0..<Self.sensedCount)
    world.read(&readings)
    if parameters.observesTask {
      observation[Self.sensedCount] = task.goal.x
      observation[Self.sensedCount + 1] = task.goal.y
    }
  }
}
