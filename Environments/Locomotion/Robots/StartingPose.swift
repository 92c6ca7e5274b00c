internal import Foundation
internal import Physics
internal import Randomness

/// Where every part of a robot starts, with joints that hold.
struct StartingPose: Sendable {
  /// Where a part's frame is and how it moves.
  private struct Frame {
    var position: SIMD2<Float> = .zero
    var angle: Float = 0
    var velocity: SIMD2<Float> = .zero
    var angularVelocity: Float = 0

    /// How a point of the part moves, by its offset from the frame's origin in the world.
    func velocity(at offset: SIMD2<Float>) -> SIMD2<Float> {
      velocity + angularVelocity * offset.turned
    }
  }

  private var frames: [Frame]

  /// The pose at rest, with the lowest point at the height 0.
  init(of robot: RobotDescription) {
    frames = [Frame](repeating: Frame(), count: 1 + robot.limbs.count)
    for (index, limb) in robot.limbs.enumerated() {
      frames[1 + index].angle = limb.rest
    }
    place(robot)
  }

  /// A pose around it: pitch and joint angles are off by up to `noise` rad, their speeds by as many
  /// rad/s, and the velocity by as many m/s along each axis.
  init(of robot: RobotDescription, noise: Float, random: inout RandomStream) {
    frames = [Frame](repeating: Frame(), count: 1 + robot.limbs.count)
    frames[0].velocity = [random.uniform(in: -noise...noise), random.uniform(in: -noise...noise)]
    for index in frames.indices {
      let limb = index > 0 ? robot.limbs[index - 1] : nil
      let angle = (limb?.rest ?? 0) + random.uniform(in: -noise...noise)
      let range = limb?.range ?? -Float.infinity...Float.infinity
      frames[index].angle = min(max(angle, range.lowerBound), range.upperBound)
      frames[index].angularVelocity = random.uniform(in: -noise...noise)
    }
    place(robot)
  }

  /// The height of the trunk's origin, in m.
  var height: Float { frames[0].position.y }

  /// Puts the bodies of a world there.
  func apply(to world: World) {
    for (index, frame) in frames.enumerated() {
      let body = index == 0 ? RobotDescription.trunk : RobotDescription.body(ofLimb: index - 1)
      let center = world.mass(of: body).center.rotated(by: frame.angle)
      world.setState(
        BodyState(
          position: frame.position, angle: frame.angle, velocity: frame.velocity(at: center),
          angularVelocity: frame.angularVelocity),
        of: body)
    }
  }

  /// Turns joint angles and speeds into frames, from the trunk outwards, and puts the lowest point
  /// on the ground.
  private mutating func place(_ robot: RobotDescription) {
    let trunk = frames[0]
    var lowest = robot.trunk.map { $0.lowest(at: trunk.position, angle: trunk.angle) }.min() ?? 0
    for (index, limb) in robot.limbs.enumerated() {
      let parent = frames[limb.parent.map { 1 + $0 } ?? 0]
      let offset = limb.joint.rotated(by: parent.angle)
      frames[1 + index].position = parent.position + offset
      frames[1 + index].velocity = parent.velocity(at: offset)
      frames[1 + index].angle += parent.angle
      frames[1 + index].angularVelocity += parent.angularVelocity
      let frame = frames[1 + index]
      lowest = min(lowest, limb.bar.lowest(at: frame.position, angle: frame.angle))
    }
    for index in frames.indices { frames[index].position.y += Self.clearance - lowest }
  }

  /// The gap at which Box2D lets a disc rest on a box, in m.
  private static let clearance: Float = 0.01
}
