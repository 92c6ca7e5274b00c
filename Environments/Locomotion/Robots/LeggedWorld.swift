internal import EnvironmentKit
internal import Physics
internal import Randomness

/// A robot on its ground, stepped by torques and observed in learnable units.
struct LeggedWorld: Sendable {
  let robot: RobotDescription
  private let solver: SolverSettings
  private let world: World
  private let scales: [Float]
  private let standingHeight: Float
  private var dynamics = Dynamics()
  private var terrain = Terrain()
  private var ground: Ground
  private let reach: Float
  private var readings: [Float]

  /// Builds the robot on plain ground.
  ///
  /// - Parameters:
  ///   - robot: The robot.
  ///   - solver: How finely it is simulated.
  ///   - duration: The longest episode, in s; the ground is long enough for it.
  /// - Throws: `PhysicsError` where the robot doesn't make a world.
  init(_ robot: RobotDescription, solver: SolverSettings, duration: Float) throws {
    self.robot = robot
    self.solver = solver
    reach = Ground.reach(duration: duration)
    ground = Ground(terrain, reach: reach)
    world = try World(robot.world(dynamics: dynamics, ground: ground, solver: solver))
    scales = Self.units(of: robot).map { 1 / $0 }
    standingHeight = StartingPose(of: robot).height
    readings = [Float](repeating: 0, count: RobotReadings.count(joints: robot.limbs.count))
  }

  /// Starts an episode, from the arguments alone.
  mutating func reset(
    dynamics: Dynamics, terrain: Terrain, noise: Float, random: inout RandomStream
  ) {
    if dynamics == self.dynamics && terrain == self.terrain {
      world.reset()
    } else {
      ground = Ground(terrain, reach: reach)
      (self.dynamics, self.terrain) = (dynamics, terrain)
      do {
        try world.rebuild(robot.world(dynamics: dynamics, ground: ground, solver: solver))
      } catch {
        preconditionFailure("a task was simulated without having been validated: \(error)")
      }
    }
    StartingPose(of: robot, noise: noise, random: &random).apply(to: world)
    let world = world
    var span = readings.mutableSpan
    world.read(&span)
  }

  /// Applies torques for a control step.
  mutating func step(_ action: Span<Float>) {
    let (world, substeps) = (world, solver.substeps)
    var span = readings.mutableSpan
    world.step(controls: action, substeps: substeps, readings: &span)
  }

  /// The trunk's way along the ground, in m.
  var x: Float { readings[readings.count - 1] }

  /// The height of the trunk's origin above the ground below it, in m.
  var height: Float { readings[RobotReadings.height] - ground.height(at: x) }

  /// The trunk's pitch, in (-pi, pi].
  var pitch: Float {
    readings[RobotReadings.pitch].remainder(dividingBy: 2 * .pi)
  }

  /// Whether the robot hasn't fallen.
  var isUpright: Bool {
    guard let bounds = robot.uprightBounds else { return true }
    let thigh = world.state(of: RobotDescription.body(ofLimb: 0))
    let lowest = robot.limbs[0].bar.lowest(at: thigh.position, angle: thigh.angle)
    return bounds.holds(
      height: height, pitch: pitch, knee: lowest - ground.height(at: thigh.position.x))
  }

  /// The states of all bodies, the ground first, for tests.
  var states: [BodyState] { world.states }

  /// What it looks like, with the task over it.
  func scene(task: LocomotionTask, family: TaskFamily) -> Scene {
    let trunk = world.position(of: RobotDescription.trunk)
    let level = ground.height(at: trunk.x)
    var scene = Scene(
      from: [trunk.x - 2, level - 0.4], to: [trunk.x + 2, level + 2],
      caption: task.caption(of: family, joints: robot.limbs.map(\.name)))
    scene.add(world) { robot.limbs[$0].isFar }
    scene.add(task, of: family, over: trunk) {
      world.position(of: RobotDescription.body(ofLimb: $0))
    }
    return scene
  }

  /// Writes the observation, as ``components(of:)`` names it.
  func observe(_ observation: inout MutableSpan<Float>) {
    for index in scales.indices { observation[index] = Self.clip(readings[index] * scales[index]) }
    observation[RobotReadings.height] = Self.clip(
      (height - standingHeight) * scales[RobotReadings.height])
    observation[RobotReadings.pitch] = pitch
  }

  private static func clip(_ value: Float) -> Float { min(max(value, -bound), bound) }
}

extension LeggedWorld {
  /// Where observations are clipped, in their units.
  private static let bound: Float = 5

  /// Names and units of an observation, in the order of MuJoCo's half-cheetah.
  static func components(of robot: RobotDescription) -> [Component] {
    let joints = robot.limbs.map(\.name)
    let scaled = { Component($0, unit: $1, range: -bound...bound) }
    return [
      scaled("torso height above standing", "0.2 m"),
      Component("torso pitch", unit: "rad", range: -Float.pi...Float.pi),
    ] + joints.map { scaled("\($0) angle", "rad") }
      + [
        scaled("torso forward velocity", "2 m/s"), scaled("torso upward velocity", "m/s"),
        scaled("torso pitch rate", "5 rad/s"),
      ] + joints.map { scaled("\($0) speed", "10 rad/s") }
  }

  /// The units of ``components(of:)``, as multiples of the SI unit.
  private static func units(of robot: RobotDescription) -> [Float] {
    let joints = robot.limbs.count
    return [0.2, 1] + [Float](repeating: 1, count: joints) + [2, 1, 5]
      + [Float](repeating: 10, count: joints)
  }
}
