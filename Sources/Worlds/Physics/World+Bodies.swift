internal import CBox2D

/// What resists a body's motion.
public struct MassProperties: Sendable, Hashable {
  /// The mass, in kg; 0 for a body that isn't dynamic.
  public let mass: Float
  /// The moment of inertia about the centre of mass, in kg m^2; 0 where rotation is fixed.
  public let inertia: Float
  /// The centre of mass in the body's frame, in m.
  public let center: SIMD2<Float>
}

extension World {
  /// Returns where a body is and how it moves.
  ///
  /// - Parameter body: A body of this world.
  /// - Returns: Its state.
  public func state(of body: Body) -> BodyState {
    BodyState(fledge_body_get_state(handle, index(body)))
  }

  /// Returns where a body's origin is.
  ///
  /// - Parameter body: A body of this world.
  /// - Returns: The position, in m.
  public func position(of body: Body) -> SIMD2<Float> { state(of: body).position }

  /// Returns how the centre of mass of a body moves.
  ///
  /// - Parameter body: A body of this world.
  /// - Returns: The velocity, in m/s.
  public func velocity(of body: Body) -> SIMD2<Float> { state(of: body).velocity }

  /// The states of all bodies, in order, for pictures and tests; a step reads without allocation.
  public var states: [BodyState] {
    let count = definition.bodies.count
    return withUnsafeTemporaryAllocation(of: fledge_body_state.self, capacity: count) { states in
      fledge_world_states(handle, states.baseAddress)
      return states.map(BodyState.init)
    }
  }

  /// Moves a body.
  ///
  /// Bodies that it is joined to don't follow: move them too.
  ///
  /// - Parameters:
  ///   - state: Where it is to be, and how it is to move; velocities of static bodies are ignored.
  ///   - body: A body of this world.
  public func setState(_ state: BodyState, of body: Body) {
    Self.check(state.position, "a position")
    Self.check(state.velocity, "a velocity")
    Self.check([state.angle, state.angularVelocity], "an angle and its speed")
    fledge_body_set_state(handle, index(body), fledge_body_state(state))
  }

  /// Returns a body's mass.
  ///
  /// - Parameter body: A body of this world.
  /// - Returns: Mass, inertia and centre of mass.
  public func mass(of body: Body) -> MassProperties {
    let mass = fledge_body_mass(handle, index(body))
    return MassProperties(mass: mass.mass, inertia: mass.inertia, center: mass.center.simd)
  }

  /// Returns whether a body is simulated; one that sleeps isn't.
  ///
  /// - Parameter body: A body of this world.
  /// - Returns: Whether it is awake.
  public func isAwake(_ body: Body) -> Bool { fledge_body_is_awake(handle, index(body)) }

  /// Returns where a point of a body is.
  ///
  /// - Parameters:
  ///   - local: A point in the body's frame, in m.
  ///   - body: A body of this world.
  /// - Returns: The point in the world, in m.
  public func worldPoint(_ local: SIMD2<Float>, of body: Body) -> SIMD2<Float> {
    fledge_body_world_point(handle, index(body), fledge_vector(local)).simd
  }

  /// Returns which point of a body is at a place.
  ///
  /// - Parameters:
  ///   - point: A point of the world, in m.
  ///   - body: A body of this world.
  /// - Returns: The point in the body's frame, in m.
  public func localPoint(_ point: SIMD2<Float>, of body: Body) -> SIMD2<Float> {
    fledge_body_local_point(handle, index(body), fledge_vector(point)).simd
  }

  /// Returns how the point of a body that is at a place moves.
  ///
  /// - Parameters:
  ///   - point: A point of the world, in m.
  ///   - body: A body of this world.
  /// - Returns: The velocity, in m/s.
  public func velocity(at point: SIMD2<Float>, of body: Body) -> SIMD2<Float> {
    fledge_body_point_velocity(handle, index(body), fledge_vector(point)).simd
  }

  /// Applies a force during the next step call.
  ///
  /// - Parameters:
  ///   - force: The force, in N.
  ///   - body: A body of this world.
  ///   - point: The point of the world where it acts, in m; the centre of mass if nil.
  public func applyForce(_ force: SIMD2<Float>, to body: Body, at point: SIMD2<Float>? = nil) {
    Self.check(force, "a force")
    if let point {
      Self.check(point, "a point")
      fledge_body_apply_force(handle, index(body), fledge_vector(force), fledge_vector(point))
    } else {
      fledge_body_apply_central_force(handle, index(body), fledge_vector(force))
    }
  }

  /// Applies a torque during the next step call.
  ///
  /// - Parameters:
  ///   - torque: The torque, in N m, counterclockwise.
  ///   - body: A body of this world.
  public func applyTorque(_ torque: Float, to body: Body) {
    Self.check([torque, 0], "a torque")
    fledge_body_apply_torque(handle, index(body), torque)
  }

  /// Changes a body's momentum at once.
  ///
  /// - Parameters:
  ///   - impulse: The impulse, in N s.
  ///   - body: A body of this world.
  ///   - point: The point of the world where it acts, in m; the centre of mass if nil.
  public func applyImpulse(_ impulse: SIMD2<Float>, to body: Body, at point: SIMD2<Float>? = nil) {
    Self.check(impulse, "an impulse")
    if let point {
      Self.check(point, "a point")
      fledge_body_apply_impulse(handle, index(body), fledge_vector(impulse), fledge_vector(point))
    } else {
      fledge_body_apply_central_impulse(handle, index(body), fledge_vector(impulse))
    }
  }

  /// Changes a body's angular momentum at once.
  ///
  /// - Parameters:
  ///   - impulse: The angular impulse, in N m s, counterclockwise.
  ///   - body: A body of this world.
  public func applyAngularImpulse(_ impulse: Float, to body: Body) {
    Self.check([impulse, 0], "an angular impulse")
    fledge_body_apply_angular_impulse(handle, index(body), impulse)
  }

  private static func check(_ vector: SIMD2<Float>, _ what: String) {
    precondition(
      vector.x.isFinite && vector.y.isFinite, "\(what) must be finite, got \(vector)")
  }
}
