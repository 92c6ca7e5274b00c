internal import EnvironmentKit
internal import Foundation
internal import Physics
internal import Randomness

extension WalkerBody {
  /// The rays of the range finder in m, from straight down to 1.35 rad forward of it.
  static let rays: [SIMD2<Float>] = (0..<10).map { index in
    let angle = 1.5 * Float(index) / 10
    return 160.0 / 30 * SIMD2(sin(angle), -cos(angle))
  }
}

/// The walker on the ground of an episode.
struct WalkerWorld: Sendable {
  private let solver: WalkerSolver
  private let world: World
  private var definition: WorldDefinition
  private var dynamics = Dynamics()
  private var readings = [Float](repeating: 0, count: WalkerBody.readingCount)
  private let observed = WalkerBody.observation.map {
    (scale: $0.scale, offset: $0.offset, range: $0.component.range)
  }

  /// Builds the walker.
  ///
  /// - Parameter solver: How finely it is simulated.
  /// - Throws: `PhysicsError`, which would be a defect of the description.
  init(solver: WalkerSolver) throws {
    self.solver = solver
    definition = WalkerBody.world(dynamics: dynamics, solver: solver)
    world = try World(definition)
  }

  /// Starts an episode, from the arguments alone, with a random push and the original's first step
  /// without torque.
  mutating func reset(dynamics: Dynamics, terrain: Terrain, random: inout RandomStream) {
    if dynamics != self.dynamics {
      self.dynamics = dynamics
      definition = WalkerBody.world(dynamics: dynamics, solver: solver)
    }
    let push: Float = random.uniform(in: -5...5)
    let ground = WalkerGround(terrain, random: &random)
    // From right to left, so that it is solid from above.
    definition[WalkerBody.ground].fixtures[0].shape = .chain(ground.points.reversed())
    do {
      try world.rebuild(definition)
    } catch {
      preconditionFailure("a task was simulated without having been validated: \(error)")
    }
    world.applyForce([push, 0], to: WalkerBody.hull)
    let still = [Float](repeating: 0, count: WalkerBody.joints.count)
    step(still.span)
  }

  /// Drives the motors for a control step.
  mutating func step(_ action: Span<Float>) {
    let world = world
    var span = readings.mutableSpan
    world.step(controls: action, readings: &span)
  }

  /// The hull's way along the ground, in m.
  var x: Float { readings[WalkerBody.x] }

  /// The hull's angle, in rad.
  var angle: Float { readings[0] }

  /// Whether the hull touches the ground or has left it backward.
  var hasFallen: Bool { readings[WalkerBody.hullContact] > 0 || x < 0 }

  /// Whether the hull is at the end of the ground.
  var isAtEnd: Bool { x > WalkerGround.end }

  /// What it looks like, with the task over it; the original has none.
  func scene(task: LocomotionTask, family: TaskFamily?) -> Scene {
    let hull = world.position(of: WalkerBody.hull)
    var scene = Scene(
      from: hull - [3, 2.8], to: hull + [6, 1.7],
      caption: family.map { task.caption(of: $0, joints: WalkerBody.joints) } ?? "walk forward")
    for (index, ray) in WalkerBody.rays.enumerated() {
      scene.add(.ray, [hull, hull + readings[WalkerBody.firstRange + index] * ray])
    }
    scene.add(world) { $0 >= WalkerBody.joints.count / 2 }
    if let family {
      scene.add(task, of: family, over: hull) {
        WalkerBody.position(ofJoint: $0, in: world)
      }
    }
    return scene
  }

  /// Writes the observation, as ``WalkerBody/observation`` names it.
  func observe(_ observation: inout MutableSpan<Float>) {
    for (index, how) in observed.enumerated() {
      let value = how.offset + how.scale * readings[index]
      observation[index] = min(max(value, how.range.lowerBound), how.range.upperBound)
    }
  }
}
