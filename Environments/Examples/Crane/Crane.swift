public import EnvironmentKit
internal import Physics
public import Randomness

/// A crane whose load has to hang still at a place it is not told: bodies and joints of Box2D, as an example.
///
/// A cart slides along a rail, and a load hangs below it on a rod that turns about the cart. An action in [-1, 1]
/// is a force on the cart, of at most 20 N, for 0.05 s. The reward is minus the distance of the load from the place,
/// in m, less a little for the force.
public struct Crane: Environment {
  /// Where the load has to go.
  public struct Task: Codable, Sendable, Equatable {
    /// The place along the rail, in m from its middle.
    public var target: Float
  }

  /// What stays the same from task to task.
  public struct Parameters: EnvironmentParameters {
    /// The length of the rod, in m.
    public var rodLength: Float = 0.8
    /// The steps of an episode.
    public var horizon = 100

    /// Creates the defaults.
    public init() {}

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try require("rodLength", rodLength, in: 0.2...2)
      try require("horizon", horizon, in: 1...10_000)
    }
  }

  /// Places on the rail; shifted ones lie farther out.
  public struct Tasks: TaskDistribution {
    /// Draws a place.
    ///
    /// - Parameters:
    ///   - split: Whether it is a shifted one.
    ///   - random: The stream to draw from.
    /// - Returns: A task.
    public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
      let place: Float = random.uniform(in: -1...1)
      return Task(target: split == .shifted ? place + (place < 0 ? -1 : 1) : place)
    }
  }

  /// The name in configurations.
  public static var name: String { "crane" }
  /// One line on what is to be done.
  public static var summary: String { "Bring a hanging load to a place that is not told" }

  private static let railLength: Float = 3
  private static let height: Float = 2

  private let parameters: Parameters
  private let world: World
  private let (cart, load): (Body, Body)
  private var target: Float = 0

  /// Describes the bodies and how they hang together, once for all episodes.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Throws: `EnvironmentError` where Box2D refuses the description.
  public init(parameters: Parameters) throws {
    self.parameters = parameters
    var definition = WorldDefinition()
    definition.timeStep = 0.01
    let rail = definition.add(BodyDefinition("rail", .static))
    cart = definition.add(
      BodyDefinition(
        "cart", state: BodyState(position: [0, Self.height]),
        fixtures: [FixtureDefinition(.box(size: [0.3, 0.15]), density: 40)]))
    load = definition.add(
      BodyDefinition(
        "load", state: BodyState(position: [0, Self.height - parameters.rodLength]),
        fixtures: [FixtureDefinition(.circle(radius: 0.1), density: 30)], angularDamping: 0.5))
    let slide = definition.add(
      JointDefinition(
        "slide", from: rail, to: cart, at: .world([0, Self.height]),
        .prismatic(axis: [1, 0], limits: -Self.railLength...Self.railLength)))
    let hinge = definition.add(
      JointDefinition("hinge", from: cart, to: load, at: .world([0, Self.height])))
    definition.actuators = [.force(slide, limit: 20)]
    definition.readings = [
      .jointTranslation(slide), .jointLinearSpeed(slide), .jointAngle(hinge),
      .jointAngularSpeed(hinge),
    ]
    do {
      world = try World(definition)
    } catch {
      throw EnvironmentError("\(error)")
    }
  }

  /// Where the cart is and how the load swings, in the order of the world's readings.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: Four observations and one action.
  /// - Throws: Nothing for valid parameters.
  public static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    try EnvironmentSpecification(
      observation: [
        Component("cart", unit: "m"), Component("cart velocity", unit: "m/s"),
        Component("swing", unit: "rad"), Component("swing rate", unit: "rad/s"),
      ],
      action: .continuous([Component("force", unit: "20 N", range: -1...1)]),
      horizon: parameters.horizon, taskUnits: ["target": "m"])
  }

  /// Where tasks come from.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: Places on the rail.
  public static func tasks(parameters: Parameters) -> Tasks { Tasks() }

  /// Starts at rest near the middle.
  ///
  /// - Parameters:
  ///   - task: The place.
  ///   - random: Draws the start.
  ///   - observation: Receives the first observation.
  public mutating func reset(
    task: Task, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) {
    target = task.target
    world.reset()
    let place: Float = random.uniform(in: -0.1...0.1)
    world.setState(BodyState(position: [place, Self.height]), of: cart)
    world.setState(
      BodyState(position: [place, Self.height - parameters.rodLength]), of: load)
    world.read(&observation)
  }

  /// Pushes the cart for 0.05 s.
  ///
  /// - Parameters:
  ///   - action: The force, clipped by the world to its bounds.
  ///   - random: Not drawn from.
  ///   - observation: Receives the next observation.
  /// - Returns: The reward; no episode terminates.
  public mutating func step(
    action: Span<Float>, random: inout RandomStream, observation: inout MutableSpan<Float>
  ) -> Transition {
    world.step(controls: action, substeps: 5, readings: &observation)
    let force = min(max(action[0], -1), 1)
    return .running(reward: -abs(world.position(of: load).x - target) - 0.05 * force * force)
  }

  /// The crane from the side, with the place.
  public var scene: Scene? {
    var scene = Scene(
      from: [-Self.railLength, 0], to: [Self.railLength, 2.4],
      caption: "load to \((target * 100).rounded() / 100) m")
    let (cart, load) = (world.position(of: cart), world.position(of: load))
    scene.add(.obstacle, [[-Self.railLength, Self.height], [Self.railLength, Self.height]])
    scene.add(.goal, [[target, Self.height - parameters.rodLength]], radius: 0.05)
    scene.add(.limb, [cart, load], radius: 0.01)
    scene.add(.limb, [cart], radius: 0.12)
    scene.add(.body, [load], radius: 0.1)
    return scene
  }
}
