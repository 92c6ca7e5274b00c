internal import CBox2D

/// A moment of a world, to draw it or to go on from it.
///
/// It holds the bodies' positions, angles and velocities bit by bit, whether they are awake, the
/// motors and the controls. It doesn't hold what the solver keeps from substep to substep:
/// contacts, their order, and the impulses of contacts and joints that warm starting begins with.
public struct WorldSnapshot: Sendable, Hashable, Codable {
  /// The state of each body, in order.
  public let states: [BodyState]
  let awake: [Bool]
  let motors: [Motor?]
  let controls: [Float]
}

extension World {
  /// Returns this moment.
  ///
  /// - Returns: What ``restore(_:)`` goes on from, in this world or another of its description.
  public func snapshot() -> WorldSnapshot {
    var states = [fledge_body_state](repeating: .init(), count: definition.bodies.count)
    var awake = [Bool](repeating: true, count: definition.bodies.count)
    var motors = [fledge_motor](repeating: .init(), count: definition.joints.count)
    var controls = [Float](repeating: 0, count: definition.actuators.count)
    fledge_world_save(handle, &states, &awake, &motors, &controls)
    return WorldSnapshot(
      states: states.map(BodyState.init), awake: awake,
      motors: motors.map { $0.enabled ? Motor(speed: $0.speed, limit: $0.limit) : nil },
      controls: controls)
  }

  /// Goes back to a moment.
  ///
  /// The world is built anew and then put in place, so that what follows depends on the description
  /// and the snapshot alone: the same snapshot gives the same bits, in every world of the
  /// description on the same machine. It isn't bit by bit what would have followed the moment when
  /// the snapshot was taken, since contacts and joints begin without their impulses.
  ///
  /// - Parameter snapshot: A moment of a world with as many bodies, joints and actuators.
  public func restore(_ snapshot: WorldSnapshot) {
    precondition(
      snapshot.states.count == definition.bodies.count
        && snapshot.motors.count == definition.joints.count
        && snapshot.controls.count == definition.actuators.count,
      "a snapshot of \(snapshot.states.count) bodies, \(snapshot.motors.count) joints and "
        + "\(snapshot.controls.count) actuators doesn't fit a world of \(definition.bodies.count), "
        + "\(definition.joints.count) and \(definition.actuators.count)")
    fledge_world_restore(
      handle, snapshot.states.map(fledge_body_state.init), snapshot.awake,
      snapshot.motors.map(fledge_motor.init), snapshot.controls)
  }
}
