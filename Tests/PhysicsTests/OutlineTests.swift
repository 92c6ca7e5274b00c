import Physics
import Testing

@Suite struct OutlineTests {
  @Test("an outline is where its body is, turned with it")
  func placement() throws {
    var definition = WorldDefinition()
    let body = definition.add(
      BodyDefinition(
        "body", .kinematic, state: BodyState(position: [2, 1], angle: .pi / 2),
        fixtures: [
          FixtureDefinition(.circle(radius: 0.5, center: [1, 0])),
          FixtureDefinition(.box(size: [2, 1], center: [1, 0], angle: .pi / 2)),
          FixtureDefinition(.polygon([[0, 0], [1, 0], [0, 1]])),
          FixtureDefinition(.edge([0, 0], [1, 0])),
          FixtureDefinition(.chain([[0, 0], [1, 0], [0, 1]], isLoop: true)),
        ]))
    let outlines = try World(definition).outlines(of: body)
    let expected: [([SIMD2<Float>], radius: Float, isClosed: Bool)] = [
      ([[2, 2]], 0.5, false),
      // Two quarter turns about (2, 2).
      ([[3, 2.5], [1, 2.5], [1, 1.5], [3, 1.5]], 0, true),
      ([[2, 1], [2, 2], [1, 1]], 0, true),
      ([[2, 1], [2, 2]], 0, false),
      ([[2, 1], [2, 2], [1, 1], [2, 1]], 0, false),
    ]
    #expect(outlines.count == expected.count)
    for (outline, (points, radius, isClosed)) in zip(outlines, expected) {
      #expect(outline.radius == radius && outline.isClosed == isClosed)
      #expect(outline.points.count == points.count)
      for (point, other) in zip(outline.points, points) {
        #expect(abs(point.x - other.x) < 1e-5 && abs(point.y - other.y) < 1e-5)
      }
    }
  }
}
