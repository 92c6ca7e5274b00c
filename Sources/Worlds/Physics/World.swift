internal import CBox2D

/// A simulated world of rigid bodies in the plane, built from a description.
///
/// A reset builds the world anew from its description, so that what follows depends on nothing that
/// ran before: the same calls give the same bits, contacts and warm starting included, in this
/// world and in every other world of the same description on the same machine. What differs from
/// task to task (gravity, masses, friction, terrain) belongs in the description, and comes in with
/// ``rebuild(_:)``.
///
/// A world is a reference: an environment that holds one makes its own in `init`, and copies of
/// that environment would share it. `@unchecked Sendable` because a world may pass from thread to
/// thread but is used by one at a time, as `EnvironmentKit` does with the worlds of a group; worlds
/// share nothing with each other.
public final class World: @unchecked Sendable {
  /// What the world was built from.
  public private(set) var definition: WorldDefinition
  let handle: OpaquePointer
  private var controlCount = 0
  private var readingCount = 0

  /// Builds a world.
  ///
  /// - Parameter definition: The description of the world.
  /// - Throws: `PhysicsError` for the first value that doesn't make a world.
  public init(_ definition: WorldDefinition) throws(PhysicsError) {
    handle = fledge_world_create()
    self.definition = WorldDefinition()
    try rebuild(definition)
  }

  deinit { fledge_world_destroy(handle) }

  /// Restores the initial state, as if the world had never been stepped.
  ///
  /// The cost is about that of a step: some microseconds for ten bodies.
  public func reset() {
    fledge_world_reset(handle)
  }

  /// Replaces the description and builds the world from it, in its initial state.
  ///
  /// - Parameter definition: The new description.
  /// - Throws: `PhysicsError` for the first value that doesn't make a world; it is then as it was.
  public func rebuild(_ definition: WorldDefinition) throws(PhysicsError) {
    try definition.validate()
    if let body = FacadeDefinition(definition).define(handle) {
      throw PhysicsError(
        "body '\(definition.bodies[body].name)': its mass or inertia can't be told from 0 or is "
          + "infinite; give a dynamic body a fixture with area and density, near its origin")
    }
    self.definition = definition
    controlCount = definition.actuators.count
    readingCount = definition.readings.count
  }

  /// Simulates; the actuators hold the controls that they were given last, 0 after a reset.
  ///
  /// - Parameter substeps: How many time steps of the description.
  public func step(substeps: Int = 1) {
    fledge_world_step(handle, nil, Self.checked(substeps), nil)
  }

  /// Sets the controls, simulates, and reads, in one call without allocation.
  ///
  /// Forces and torques that were applied before act during all of its substeps and end with it.
  ///
  /// - Parameters:
  ///   - controls: A number for each of the description's actuators, each clipped to [-1, 1].
  ///   - substeps: How many time steps of the description.
  ///   - readings: Receives each of the description's readings.
  public func step(
    controls: Span<Float>, substeps: Int = 1, readings: inout MutableSpan<Float>
  ) {
    precondition(
      controls.count == controlCount && readings.count == readingCount,
      "the world has \(controlCount) actuators and \(readingCount) readings, got "
        + "\(controls.count) controls and room for \(readings.count) readings")
    let count = Self.checked(substeps)
    let handle = handle
    controls.withUnsafeBufferPointer { controls in
      readings.withUnsafeMutableBufferPointer { readings in
        fledge_world_step(handle, controls.baseAddress, count, readings.baseAddress)
      }
    }
  }

  /// Reads without a step, for the first observation of an episode.
  ///
  /// - Parameter readings: Receives each of the description's readings.
  public func read(_ readings: inout MutableSpan<Float>) {
    precondition(
      readings.count == readingCount,
      "the world has \(readingCount) readings, got room for \(readings.count)")
    let handle = handle
    readings.withUnsafeMutableBufferPointer { fledge_world_read(handle, $0.baseAddress) }
  }

  private static func checked(_ substeps: Int) -> Int32 {
    precondition(substeps >= 1, "a step has at least 1 substep, got \(substeps)")
    return Int32(substeps)
  }

  func index(_ body: Body) -> Int32 {
    precondition(
      body.index >= 0 && body.index < definition.bodies.count,
      "there is no body \(body.index); the world has \(definition.bodies.count)")
    return Int32(body.index)
  }

  func index(_ joint: Joint) -> Int32 {
    precondition(
      joint.index >= 0 && joint.index < definition.joints.count,
      "there is no joint \(joint.index); the world has \(definition.joints.count)")
    return Int32(joint.index)
  }
}
