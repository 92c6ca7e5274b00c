internal import Physics
internal import Randomness

/// The ground of a terrain, as a height over every x.
///
/// Heights of bumps are drawn every half metre and joined by straight lines; steps stand every two
/// metres and rise over two centimetres.
struct Ground: Sendable {
  /// The distance of the drawn heights, in m.
  private static let spacing: Float = 0.5
  /// How many of them lie between two steps.
  private static let spacingsOfStep = 4
  /// Where the terrain begins, in m.
  private static let start: Float = 1
  /// Half the width of a step's rise, in m.
  private static let halfRise: Float = 0.01
  /// No robot here comes near this speed, in m/s.
  private static let greatestSpeed: Float = 20

  /// The greatest distance from the origin that an episode can reach, in m.
  static func reach(duration: Float) -> Float { 10 + greatestSpeed * duration }

  private let terrain: Terrain
  private let reach: Float
  /// The height of each bump, with those steps before it; empty where the ground is flat.
  private var heights: [Float] = []
  /// The height of the step half a spacing before each of `heights`, up positive.
  private var rises: [Float] = []

  /// Whether the height is 0 everywhere.
  var isFlat: Bool { heights.isEmpty }

  /// Shapes the ground.
  ///
  /// - Parameters:
  ///   - terrain: The terrain.
  ///   - reach: How far from the origin the ground extends on both sides, in m.
  init(_ terrain: Terrain, reach: Float) {
    self.terrain = terrain
    self.reach = reach
    guard terrain.slope != 0 || terrain.roughness != 0 || terrain.stepHeight != 0 else { return }
    var random = RandomStream(seed: UInt64(terrain.seed), purpose: .environment)
    var level: Float = 0
    for index in 0...Int((reach - Self.start) / Self.spacing) {
      // Both are always drawn, so that one seed gives one pattern whatever its heights.
      let bump: Float = random.uniform(in: -1...1)
      let isUp = random.index(below: 2) == 0
      let hasStep = index > 0 && index.isMultiple(of: Self.spacingsOfStep)
      let rise = hasStep ? (isUp ? terrain.stepHeight : -terrain.stepHeight) : 0
      level += rise
      rises.append(rise)
      heights.append(index == 0 ? 0 : level + terrain.roughness * bump)
    }
  }

  /// The height over a place, in m.
  func height(at x: Float) -> Float {
    guard !isFlat, x > Self.start else { return 0 }
    let distance = min(x, reach) - Self.start
    let place = min(distance / Self.spacing, Float(heights.count - 1))
    let index = min(Int(place), heights.count - 2)
    let share = place - Float(index)
    // Between two heights lies a line of the bumps, and a rise of the step in its middle.
    let rise = rises[index + 1]
    let beyondMiddle = (share - 0.5) * Self.spacing / Self.halfRise
    let risen = min(max(beyondMiddle, -1), 1) / 2 + 0.5
    let bumps = heights[index + 1] - rise - heights[index]
    return terrain.slope * distance + heights[index] + share * bumps + rise * risen
  }

  /// The ground as a solid block where it is flat, and as a line elsewhere.
  var shape: Shape {
    guard !isFlat else {
      return .box(size: [2 * reach, Self.depth], center: [0, -Self.depth / 2])
    }
    var places: [Float] = [-reach, Self.start]
    for index in heights.indices.dropFirst() {
      let x = Self.start + Float(index) * Self.spacing
      if rises[index] != 0 {
        let middle = x - Self.spacing / 2
        places += [middle - Self.halfRise, middle + Self.halfRise]
      }
      places.append(x)
    }
    // From right to left, so that it is solid from above.
    return .chain(places.reversed().map { SIMD2($0, height(at: $0)) })
  }

  /// How deep flat ground goes, in m.
  private static let depth: Float = 20
}
