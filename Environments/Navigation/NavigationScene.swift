internal import EnvironmentKit
internal import Physics

extension Scene {
  /// A square arena about the origin, seen from above, without shapes.
  init(arena halfSide: Float, caption: String) {
    let reach = SIMD2(repeating: 1.05 * halfSide)
    self.init(from: -reach, to: reach, caption: caption)
  }

  /// Adds walls, and the agent in front of them.
  mutating func add(_ world: World, walls: Body, agent: Body) {
    for (role, body) in [(.obstacle, walls), (.body, agent)] as [(Role, Body)] {
      for outline in world.outlines(of: body) {
        let radius = role == .obstacle ? 0.01 : outline.radius
        add(role, outline.points, radius: radius, isClosed: outline.isClosed)
      }
    }
  }
}

/// The goal of a task in words.
func caption(goal: SIMD2<Float>) -> String {
  "goal (\(rounded(goal.x)), \(rounded(goal.y))) m"
}

/// Two digits after the point.
func rounded(_ value: Float) -> Float { (value * 100).rounded() / 100 }
