public import EnvironmentKit
internal import Physics

extension MazeNavigation {
  /// Describes position, velocity, ranges and forces.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: 12 observations, 14 with the goal; two actions.
  /// - Throws: `EnvironmentError` for a horizon below 1.
  public static func specification(parameters: Parameters) throws -> EnvironmentSpecification {
    var observation = sensedComponents(parameters)
    if parameters.observesTask {
      let side = MazeLayout.arenaHalfSide
      observation += ["goal x", "goal y"].map { Component($0, unit: "m", range: -side...side) }
    }
    return try EnvironmentSpecification(
      observation: observation,
      action: .continuous(["force x", "force y"].map { Component($0, range: -1...1) }),
      horizon: parameters.horizon, terminationIsSuccess: true, taskUnits: ["goal": "m"])
  }

  /// The number of components without the goal.
  static let sensedCount = 12

  /// The observation without the goal, in the order of the world's readings.
  static func sensedComponents(_ parameters: Parameters) -> [Component] {
    let side = MazeLayout.arenaHalfSide
    // A wall that the robot meets at a slant can turn the speeds of both axes into one.
    let speed = Float(2).squareRoot() * parameters.terminalSpeed
    let directions = [
      "east", "northeast", "north", "northwest", "west", "southwest", "south", "southeast",
    ]
    return ["x", "y"].map { Component($0, unit: "m", range: -side...side) }
      + ["velocity x", "velocity y"].map { Component($0, unit: "m/s", range: -speed...speed) }
      + directions.map { Component("range \($0)", unit: "m", range: 0...1) }
  }

  /// Makes the task distribution.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Returns: Goals, in one layout or each in its own.
  public static func tasks(parameters: Parameters) -> MazeTasks { MazeTasks(parameters) }

  /// Checks that the robot can start, and that it can reach the goal.
  ///
  /// - Parameters:
  ///   - task: The task.
  ///   - parameters: Valid parameters.
  /// - Throws: `EnvironmentError` for a goal outside the arena, in a wall or behind walls, and for
  ///   walls that aren't in the arena or stand at the start.
  public static func validate(task: Task, parameters: Parameters) throws {
    try task.layout.validate(
      clearance: robotRadius + parameters.startRange * Float(2).squareRoot())
    try require("goal", task.goal, within: MazeLayout.arenaHalfSide - robotRadius)
    let goal = "'goal' is (\(task.goal.x), \(task.goal.y))"
    for (index, wall) in task.layout.walls.enumerated() {
      let distance = wall.distance(to: task.goal)
      guard distance >= robotRadius else {
        throw EnvironmentError(
          "\(goal), \(distance) m from wall \(index); it must be at least the robot's radius away, "
            + "\(robotRadius) m", key: "goal")
      }
    }
    let way = ShortestPath(to: task.goal, in: task.layout, radius: robotRadius)
    guard way.reachableLength(from: .zero) != nil else {
      throw EnvironmentError(
        "\(goal), walled off from the start; a way from the centre must lead there", key: "goal")
    }
  }
}

extension WorldDefinition {
  /// The solver's steps in a control step of 0.1 s.
  static let mazeSubsteps = 4

  /// The rays of the range sensors: 1 m each, so that the free share of a ray is the range in m.
  static let mazeRays: [SIMD2<Float>] = {
    let diagonal = Float(0.5).squareRoot()
    return [
      [1, 0], [diagonal, diagonal], [0, 1], [-diagonal, diagonal], [-1, 0],
      [-diagonal, -diagonal], [0, -1], [diagonal, -diagonal],
    ]
  }()

  /// The world of a layout seen from above, with the robot at the centre.
  static func maze(
    _ layout: MazeLayout, _ parameters: MazeNavigation.Parameters
  ) -> (definition: WorldDefinition, robot: Body) {
    var world = WorldDefinition()
    world.gravity = .zero
    world.timeStep = 0.1 / Float(mazeSubsteps)
    let walls = layout.walls.map { FixtureDefinition(.edge($0.start, $0.end), friction: 0) }
    _ = world.add(
      BodyDefinition(
        "walls", .static,
        fixtures: [fence(halfSide: MazeLayout.arenaHalfSide, friction: 0)] + walls))
    let radius = MazeNavigation.robotRadius
    let disc = FixtureDefinition(
      .circle(radius: radius), density: parameters.mass / (.pi * radius * radius), friction: 0)
    let robot = world.add(
      BodyDefinition(
        "robot", fixtures: [disc], linearDamping: parameters.damping, isRotationFixed: true))
    world.readings = [.x(robot), .y(robot), .velocityX(robot), .velocityY(robot)]
    world.readings += mazeRays.map { .range(from: robot, along: $0, turningWithBody: false) }
    return (world, robot)
  }
}
