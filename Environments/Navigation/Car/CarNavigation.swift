public import EnvironmentKit
internal import Foundation
internal import Physics
public import Randomness

/// A car that is steered to a goal it cannot see, on a road whose friction it cannot see.
///
/// The car is a model of 0.4 m x 0.2 m seen from above, in a fenced square of 4 m; it starts near
/// the centre, heading nearly east. The two actions, clipped to [-1, 1], are the steering angle, to
/// which the front tyres turn at a limited rate, and the throttle: it drives both axles with its
/// sign, and brakes where it is against the motion. Both axles hold the car against sliding
/// sideways, and all that tyres do is limited by friction (the single-track model with a friction
/// circle): a car that is too fast for its turn slides out of it. The air slows the velocity v of
/// the mass m by m c v. The episode terminates within `goalTolerance` of the goal.
///
/// The dense reward is minus the distance to the goal in m after the step, the sparse one 1 at the
/// goal.
public struct CarNavigation: Environment {
  /// Where the goal is, and how slippery the road.
  public struct Task: Codable, Sendable, Equatable {
    /// The goal's position, in m.
    public var goal: SIMD2<Float>
    /// The coefficient of friction between tyres and road.
    public var friction: Float

    /// Creates a task.
    ///
    /// - Parameters:
    ///   - goal: The goal's position, in m.
    ///   - friction: The coefficient of friction between tyres and road.
    public init(goal: SIMD2<Float>, friction: Float) {
      self.goal = goal
      self.friction = friction
    }
  }

  /// The name in configurations.
  public static var name: String { "car-navigation" }
  /// One line on what is to be done.
  public static var summary: String {
    "Drive a car with tyre friction to a goal that it cannot see"
  }

  /// Length and width of the car, in m.
  public static let carSize = SIMD2<Float>(0.4, 0.2)
  /// The distance between the axles, in m; the centre of mass is in the middle.
  public static let wheelbase: Float = 0.3
  /// Half the side of the arena, in m.
  public static let arenaHalfSide: Float = 2

  /// The solver's steps in a control step of 0.1 s.
  private static let substeps = 5
  private static let substep = 0.1 / Float(substeps)

  private let parameters: Parameters
  private let world: World
  private let car: Body
  private let tyres: SingleTrack
  private var task = Task(goal: .zero, friction: 0)
  private var steeringAngle: Float = 0

  /// Makes a world.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Throws: `EnvironmentError` where the parameters don't make a world.
  public init(parameters: Parameters) throws {
    self.parameters = parameters
    var definition = WorldDefinition()
    definition.gravity = .zero
    definition.timeStep = Self.substep
    _ = definition.add(
      BodyDefinition(
        "fence", .static, fixtures: [fence(halfSide: Self.arenaHalfSide, friction: 0.2)]))
    let chassis = FixtureDefinition(
      .box(size: Self.carSize), density: parameters.mass / (Self.carSize.x * Self.carSize.y),
      friction: 0.2)
    car = definition.add(
      BodyDefinition("car", fixtures: [chassis], linearDamping: parameters.damping))
    world = try makeWorld(definition)
    let mass = world.mass(of: car)
    tyres = SingleTrack(
      mass: mass.mass, inertia: mass.inertia, halfWheelbase: Self.wheelbase / 2,
      driveForce: parameters.driveForce, brakeForce: parameters.brakeForce)
  }

  /// Starts at rest near the centre, heading nearly east.
  ///
  /// - Parameters:
  ///   - task: A task that ``validate(task:parameters:)`` accepts.
  ///   - random: Draws position and heading.
  ///   - observation: Receives the first observation.
  public mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    self.task = task
    steeringAngle = 0
    world.reset()
    let start = random.point(within: parameters.startRange)
    let heading = random.uniform(in: -parameters.headingRange...parameters.headingRange)
    let state = BodyState(position: start, angle: heading)
    world.setState(state, of: car)
    observe(state, &observation)
  }

  /// Drives for 0.1 s.
  ///
  /// - Parameters:
  ///   - action: The steering angle in units of `maximumSteeringAngle`, and the throttle.
  ///   - random: Not drawn from.
  ///   - observation: Receives the next observation.
  /// - Returns: The reward, terminated at the goal.
  public mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    let target = parameters.maximumSteeringAngle * control(action[0])
    let throttle = control(action[1])
    let turn = parameters.steeringRate * Self.substep
    for _ in 0..<Self.substeps {
      steeringAngle += max(-turn, min(turn, target - steeringAngle))
      applyTyres(throttle: throttle)
      world.step()
    }
    let state = world.state(of: car)
    observe(state, &observation)
    let distance = length(task.goal - state.position)
    let isAtGoal = distance < parameters.goalTolerance
    return Transition(
      reward: parameters.reward.value(isAtGoal: isAtGoal) { distance }, terminated: isAtGoal)
  }

  /// The road from above, with the car, its steered tyres and the goal.
  public var scene: Scene? {
    let state = world.state(of: car)
    var scene = Scene(
      arena: Self.arenaHalfSide,
      caption: "\(caption(goal: task.goal)), friction \(rounded(task.friction))")
    scene.add(.goal, [task.goal], radius: parameters.goalTolerance)
    scene.add(world, walls: Body(index: 0), agent: car)
    for (axle, angle) in [(-1, 0), (1, steeringAngle)] as [(Float, Float)] {
      let along = 0.05 * SIMD2(cos(state.angle + angle), sin(state.angle + angle))
      for side in [-0.08, 0.08] as [Float] {
        let tyre = world.worldPoint([axle * Self.wheelbase / 2, side], of: car)
        scene.add(.limb, [tyre - along, tyre + along], radius: 0.015)
      }
    }
    return scene
  }

  private func applyTyres(throttle: Float) {
    let state = world.state(of: car)
    let heading = SIMD2(cos(state.angle), sin(state.angle))
    let left = SIMD2(-heading.y, heading.x)
    let (linear, angular) = tyres.impulses(
      on: SingleTrack.Motion(
        velocity: inCar(state.velocity, heading), angularVelocity: state.angularVelocity),
      SingleTrack.Controls(
        throttle: throttle, steeringAngle: steeringAngle, friction: task.friction),
      duration: Self.substep)
    world.applyImpulse(linear.x * heading + linear.y * left, to: car)
    world.applyAngularImpulse(angular, to: car)
  }

  private func inCar(_ vector: SIMD2<Float>, _ heading: SIMD2<Float>) -> SIMD2<Float> {
    SIMD2((vector * heading).sum(), cross(heading, vector))
  }

  private func observe(_ state: BodyState, _ observation: inout MutableSpan<Float>) {
    let heading = SIMD2(cos(state.angle), sin(state.angle))
    let velocity = inCar(state.velocity, heading)
    observation[0] = state.position.x
    observation[1] = state.position.y
    observation[2] = heading.y
    observation[3] = heading.x
    observation[4] = velocity.x
    observation[5] = velocity.y
    observation[6] = state.angularVelocity
    observation[7] = steeringAngle
    if parameters.observesTask {
      observation[8] = task.goal.x
      observation[9] = task.goal.y
      observation[10] = task.friction
    }
  }
}
