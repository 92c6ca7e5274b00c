internal import Foundation

/// A legged robot in the plane as data: a trunk, and limbs that hang from it by motor joints.
///
/// The robot stands along x and faces +x; y is up and angles are counterclockwise. Every part has a
/// frame of its own, all of them aligned while the joint angles are 0, and each limb's frame begins
/// at the joint that it hangs from. The limbs are listed with parents before their children, and
/// that is the order of actions, joint angles and joint speeds everywhere.
public struct RobotDescription: Sendable {
  /// The bars of the trunk, in its frame.
  var trunk: [Bar]
  /// The trunk's mass, in kg.
  var trunkMass: Float
  /// The limbs, parents before children.
  var limbs: [Limb]
  /// The coefficient of friction between the robot and the ground.
  var friction: Float
  /// The duration of a control step, in s.
  var controlStep: Float
  /// Where trunk and knee have to stay, for robots that can fall.
  var uprightBounds: UprightBounds?
}

/// A bar with round ends.
struct Bar: Sendable {
  /// Where its axis begins, in m.
  var start: SIMD2<Float>
  /// Where its axis ends, in m.
  var end: SIMD2<Float>
  /// Half its thickness, in m.
  var radius: Float
  /// Whether it begins with a round end of its own, rather than inside of another bar's.
  var beginsRound = true

  /// The least height of its two round ends.
  func lowest(at position: SIMD2<Float>, angle: Float) -> Float {
    let ends = [start, end].map { (position + $0.rotated(by: angle)).y }
    return (ends.min() ?? 0) - radius
  }
}

/// One bar that hangs from a motor joint.
struct Limb: Sendable {
  /// What the joint, its torque and its observations are called.
  var name: String
  /// The limb that it hangs from, by its place in the list; the trunk if nil.
  var parent: Int?
  /// Where it hangs, in the parent's frame, in m.
  var joint: SIMD2<Float>
  /// Where it begins, in its own frame, in m: at the joint, or behind it as a heel does.
  var start: SIMD2<Float> = .zero
  /// Where it ends, in its own frame, in m.
  var end: SIMD2<Float>
  /// Half its thickness, in m.
  var radius: Float
  /// Its mass, in kg.
  var mass: Float
  /// The joint angles that it can take, in rad.
  var range: ClosedRange<Float>
  /// The joint angle at which an episode starts and the spring rests, in rad.
  var rest: Float = 0
  /// The spring's torque, in N m/rad.
  var stiffness: Float
  /// The damper's torque, in N m s/rad.
  var damping: Float
  /// The moment of inertia of its motor, which turns with it, in kg m^2.
  var rotorInertia: Float
  /// The torque of a full control, in N m.
  var torque: Float
  /// Whether pictures show it behind the trunk.
  var isFar = false

  /// The bar along the limb.
  var bar: Bar { Bar(start: start, end: end, radius: radius, beginsRound: start != .zero) }
}

/// Where a robot counts as upright.
struct UprightBounds: Sendable {
  /// The least height of the trunk's origin above the ground, in m.
  var height: Float
  /// The greatest pitch to either side, in rad.
  var pitch: Float
  /// The least height of the first limb's lowest point above the ground, in m: it must not kneel.
  var knee: Float

  /// Whether a robot is upright.
  func holds(height: Float, pitch: Float, knee: Float) -> Bool {
    height > self.height && abs(pitch) < self.pitch && knee > self.knee
  }
}

extension SIMD2<Float> {
  /// The vector turned counterclockwise by an angle in rad.
  func rotated(by angle: Float) -> SIMD2 {
    let (sine, cosine) = (sin(angle), cos(angle))
    return SIMD2(cosine * x - sine * y, sine * x + cosine * y)
  }

  /// The angle from the x axis, in rad.
  var angle: Float { atan2(y, x) }

  /// The vector turned counterclockwise by a right angle.
  var turned: SIMD2 { SIMD2(-y, x) }
}
