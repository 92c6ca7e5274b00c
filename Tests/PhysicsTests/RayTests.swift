import Physics
import Testing

@Suite struct RayTests {
  private let wall = CollisionCategories(rawValue: 2)
  private let world: World
  private let robot: Body
  private let obstacle: Body

  /// A robot at (1, 1), turned by a quarter, in a room whose walls are 4 m from the origin, and an
  /// obstacle at (3, 1).
  init() throws {
    var definition = WorldDefinition()
    definition.gravity = .zero
    let corners: [SIMD2<Float>] = [[-4, -4], [-4, 4], [4, 4], [4, -4]]
    _ = definition.add(
      BodyDefinition(
        "room", .static,
        fixtures: [
          FixtureDefinition(
            .chain(corners, isLoop: true), filter: CollisionFilter(categories: wall))
        ]))
    robot = definition.add(
      BodyDefinition(
        "robot", state: BodyState(position: [1, 1], angle: .pi / 2),
        fixtures: [FixtureDefinition(.circle(radius: 0.2), density: 1)]))
    obstacle = definition.add(
      BodyDefinition(
        "obstacle", .static, state: BodyState(position: [3, 1]),
        fixtures: [
          FixtureDefinition(.circle(radius: 0.1), isSensor: true),
          FixtureDefinition(.box(size: [0.5, 0.5])),
        ]))
    definition.readings = [
      .range(from: robot, along: [6, 0]),
      .range(from: robot, along: [6, 0], turningWithBody: false),
      .range(from: robot, along: [6, 0], turningWithBody: false, hitting: wall),
      .range(from: robot, along: [1, 0]),
    ]
    world = try World(definition)
  }

  @Test func `a ray finds what it meets first`() throws {
    let hit = try #require(world.castRay(Ray(from: [1, 1], to: [5, 1]), ignoring: robot))
    #expect(hit.body == obstacle && hit.fixture == 1)
    #expect(abs(hit.fraction - 1.75 / 4) < 1e-5)
    #expect(abs(hit.point.x - 2.75) < 1e-5 && hit.normal == [-1, 0])
    #expect(world.castRay(Ray(from: [0, 0], to: [0, 3])) == nil)
  }

  @Test func `categories and an ignored body let a ray through`() throws {
    let rays = [Ray(from: [-1, 1], to: [5, 1]), Ray(from: [3, 3], to: [3, -1])]
    #expect(world.fractions(rays).map { ($0 * 100).rounded() } == [30, 44])
    #expect(
      world.fractions(rays, ignoring: robot).map { ($0 * 1000).rounded() } == [625, 438])
    #expect(world.fractions(rays, hitting: wall).map { ($0 * 100).rounded() } == [83, 100])
    #expect(world.fractions(rays, hitting: []) == [1, 1])
  }

  @Test func `many rays give what each gives alone`() {
    let rays = (0..<40).map { Ray(from: [0, 0], to: [Float($0) - 20, 7 - Float($0 % 9)]) }
    #expect(world.fractions(rays) == rays.map { world.castRay($0)?.fraction ?? 1 })
  }

  @Test func `a ray without length or of no numbers meets nothing`() {
    let rays = [
      Ray(from: [1, 1], to: [1, 1]), Ray(from: [.nan, 0], to: [1, 1]),
      Ray(from: [0, 0], to: [.infinity, 1]),
    ]
    #expect(world.fractions(rays) == [1, 1, 1])
  }

  @Test func `a range turns with its body or doesn't`() {
    let ranges = world.read().map { ($0 * 1000).rounded() }
    #expect(ranges == [500, 292, 500, 1000])
  }
}
