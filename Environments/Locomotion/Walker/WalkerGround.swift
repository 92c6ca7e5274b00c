internal import Randomness

/// The ground of an episode of ``Walker``: BipedalWalker's uneven grass, and on it the task's
/// terrain.
///
/// Heights stand 14/30 m apart. Behind a flat start the grass has a slope that wanders at random
/// and is drawn back to its level, and is interrupted every 5 to 9 heights by a level piece. The
/// task adds a slope, a bump at every height, and a step up or down at every fourth.
struct WalkerGround {
  /// The distance of two heights, in m.
  static let spacing: Float = 14 / 30
  /// The number of heights.
  static let count = 200
  /// The level of the flat start, in m.
  static let level: Float = 400.0 / 30 / 4
  /// The heights of the flat start.
  static let startCount = 20
  /// Where the end of the ground counts as reached, in m.
  static let end = Float(count - 10) * spacing

  /// How far apart the task's steps are, in heights.
  private static let spacingsOfStep = 4
  /// Half the width of a step's rise, in m: steeper than any foot can stand on.
  private static let halfRise: Float = 0.01

  /// The corners of the ground, from left to right, in m.
  private(set) var points: [SIMD2<Float>] = []

  /// Draws the ground.
  ///
  /// - Parameters:
  ///   - terrain: What the task adds, drawn from its own seed.
  ///   - random: Draws the grass.
  init(_ terrain: Terrain, random: inout RandomStream) {
    var terrainRandom = RandomStream(seed: UInt64(terrain.seed), purpose: .environment)
    let grass = Self.grass(random: &random)
    var risen: Float = 0
    for (index, height) in grass.enumerated() {
      let x = Float(index) * Self.spacing
      let beyond = index - Self.startCount
      guard beyond > 0 else {
        points.append([x, height])
        continue
      }
      // Both are always drawn, so that one seed gives one pattern whatever its heights.
      let bump: Float = terrainRandom.uniform(in: -1...1)
      let isUp = terrainRandom.index(below: 2) == 0
      let added =
        terrain.slope * Float(beyond) * Self.spacing + terrain.roughness * bump
      if beyond.isMultiple(of: Self.spacingsOfStep) && terrain.stepHeight > 0 {
        let rise = isUp ? terrain.stepHeight : -terrain.stepHeight
        addStep(rise: rise, to: [x, height + added + risen + rise])
        risen += rise
      }
      points.append([x, height + added + risen])
    }
  }

  /// A step in the middle between the last point and the next.
  private mutating func addStep(rise: Float, to next: SIMD2<Float>) {
    let last = points[points.count - 1]
    let middle = (last + next) / 2
    points.append([middle.x - Self.halfRise, middle.y - rise / 2])
    points.append([middle.x + Self.halfRise, middle.y + rise / 2])
  }

  private static func grass(random: inout RandomStream) -> [Float] {
    var heights: [Float] = []
    heights.reserveCapacity(count)
    var (height, slope) = (level, Float(0))
    var (untilLevel, isLevel) = (startCount, false)
    for index in 0..<count {
      if !isLevel {
        slope = 0.8 * slope + (height < level ? 0.01 : height > level ? -0.01 : 0)
        if index > startCount { slope += random.uniform(in: -1...1) / 30 }
        height += slope
      }
      heights.append(height)
      untilLevel -= 1
      isLevel = untilLevel == 0
      if isLevel { untilLevel = 5 + random.index(below: 5) }
    }
    return heights
  }
}
