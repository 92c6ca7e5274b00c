internal import Foundation

/// The tyres of a car, two of an axle taken as one in its middle: the single-track model.
///
/// A tyre pushes the car forwards, brakes it, and holds it against sliding sideways; the impulse of
/// a substep is at most friction x load x duration, in any direction (the friction circle). Below
/// that bound it is whatever stops the tyre's sideways motion, so that the car rolls without slip;
/// at the bound the tyre slides. Impulses of both axles act on one rigid body, so each is found
/// from the motion that the others leave, in a few rounds.
///
/// Vectors are in the car's frame: x forwards, y to the left.
struct SingleTrack: Sendable {
  /// The mass of the car, in kg.
  let mass: Float
  /// Its moment of inertia, in kg m^2.
  let inertia: Float
  /// The distance of each axle from the centre of mass, in m.
  let halfWheelbase: Float
  /// The greatest forces of both axles together, in N.
  let driveForce: Float
  let brakeForce: Float

  /// The acceleration of free fall, in m/s^2.
  static let gravity: Float = 9.81
  /// A pedal against the motion brakes above this speed, in m/s, and drives the other way below.
  private static let turningSpeed: Float = 0.02
  /// Each round leaves less than a tenth of the error of the one before.
  private static let rounds = 4

  /// How the car moves: velocity in m/s, angular velocity in rad/s.
  struct Motion {
    var velocity: SIMD2<Float>
    var angularVelocity: Float
  }

  /// What the driver does, and the road.
  struct Controls {
    /// From -1, full drive backwards, to 1.
    var throttle: Float
    /// The angle of the front tyres, in rad, positive to the left.
    var steeringAngle: Float
    /// The coefficient of friction between tyres and road.
    var friction: Float
  }

  private struct Tyre {
    /// How far it is in front of the centre of mass, in m.
    let offset: Float
    /// The direction in which it rolls.
    let forward: SIMD2<Float>
    /// The impulse along and to the left of that direction, in N s.
    var impulse = SIMD2<Float>.zero

    var left: SIMD2<Float> { SIMD2(-forward.y, forward.x) }
    var impulseOnCar: SIMD2<Float> { impulse.x * forward + impulse.y * left }
  }

  /// What the tyres do in a substep.
  ///
  /// - Parameters:
  ///   - motion: The motion before.
  ///   - controls: What the driver does.
  ///   - duration: The length of the substep, in s.
  /// - Returns: The impulse in N s and the angular impulse in N m s, at the centre of mass.
  func impulses(
    on motion: Motion, _ controls: Controls, duration: Float
  ) -> (linear: SIMD2<Float>, angular: Float) {
    var motion = motion
    let steering = controls.steeringAngle
    var front = Tyre(offset: halfWheelbase, forward: SIMD2(cos(steering), sin(steering)))
    var rear = Tyre(offset: -halfWheelbase, forward: SIMD2(1, 0))
    let throttle = controls.throttle
    let isBraking = motion.velocity.x * throttle < -Self.turningSpeed * abs(throttle)
    let force = isBraking ? abs(throttle) * brakeForce : throttle * driveForce
    let pedal = Pedal(impulse: force * duration / 2, isBraking: isBraking)
    let bound = controls.friction * mass * Self.gravity / 2 * duration
    for _ in 0..<Self.rounds {
      push(&front, pedal, bound: bound, &motion)
      push(&rear, pedal, bound: bound, &motion)
    }
    let (first, second) = (front.impulseOnCar, rear.impulseOnCar)
    return (first + second, front.offset * first.y + rear.offset * second.y)
  }

  private struct Pedal {
    /// What each axle is to give, in N s: along its direction, or at most, against its motion.
    let impulse: Float
    let isBraking: Bool
  }

  /// One round of one tyre: corrects its impulse, and the motion by the difference.
  @inline(__always)
  private func push(_ tyre: inout Tyre, _ pedal: Pedal, bound: Float, _ motion: inout Motion) {
    let (forward, left) = (tyre.forward, tyre.left)
    let velocity = motion.velocity + SIMD2(0, tyre.offset * motion.angularVelocity)
    var impulse = tyre.impulse
    impulse.y -= (velocity * left).sum() * effectiveMass(along: left, at: tyre.offset)
    if pedal.isBraking {
      let stopping = (velocity * forward).sum() * effectiveMass(along: forward, at: tyre.offset)
      impulse.x -= stopping
      impulse.x = max(-pedal.impulse, min(pedal.impulse, impulse.x))
    } else {
      impulse.x = pedal.impulse
    }
    let size = length(impulse)
    if size > bound { impulse *= bound / size }
    let before = tyre.impulseOnCar
    tyre.impulse = impulse
    let change = tyre.impulseOnCar - before
    motion.velocity += change / mass
    motion.angularVelocity += tyre.offset * change.y / inertia
  }

  /// The mass that an impulse moves along a direction at a distance in front of the centre of mass.
  private func effectiveMass(along direction: SIMD2<Float>, at offset: Float) -> Float {
    let arm = offset * direction.y
    return 1 / (1 / mass + arm * arm / inertia)
  }
}
