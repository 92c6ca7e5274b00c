internal import CBox2D

extension World {
  /// Returns the angle of a joint.
  ///
  /// - Parameter joint: A revolute, weld or wheel joint; a prismatic one has none, 0.
  /// - Returns: The angle, in rad.
  public func angle(of joint: Joint) -> Float { fledge_joint_angle(handle, index(joint)) }

  /// Returns how fast a joint turns.
  ///
  /// - Parameter joint: A revolute, weld or wheel joint; a prismatic one doesn't, 0.
  /// - Returns: The speed, in rad/s.
  public func angularSpeed(of joint: Joint) -> Float {
    fledge_joint_angular_speed(handle, index(joint))
  }

  /// Returns how far a joint is along its axis.
  ///
  /// - Parameter joint: A prismatic or wheel joint; others have no axis, 0.
  /// - Returns: The translation, in m.
  public func translation(of joint: Joint) -> Float {
    fledge_joint_translation(handle, index(joint))
  }

  /// Returns how fast a joint moves along its axis.
  ///
  /// - Parameter joint: A prismatic or wheel joint; others have no axis, 0.
  /// - Returns: The speed, in m/s.
  public func linearSpeed(of joint: Joint) -> Float {
    fledge_joint_linear_speed(handle, index(joint))
  }

  /// Returns where a joint is.
  ///
  /// - Parameter joint: A joint of this world.
  /// - Returns: Its anchor on the first body, in m.
  public func anchor(of joint: Joint) -> SIMD2<Float> {
    fledge_joint_anchor(handle, index(joint)).simd
  }

  /// Returns the force by which a joint held its second body in the last substep.
  ///
  /// - Parameter joint: A joint of this world.
  /// - Returns: The force, in N.
  public func reactionForce(of joint: Joint) -> SIMD2<Float> {
    fledge_joint_reaction_force(handle, index(joint)).simd
  }

  /// Returns what a joint's motor applied in the last substep.
  ///
  /// - Parameter joint: A joint of this world; a weld has no motor, 0.
  /// - Returns: The torque in N m, or the force in N of a prismatic joint.
  public func motorEffort(of joint: Joint) -> Float {
    fledge_joint_motor_effort(handle, index(joint))
  }

  /// Sets a joint's motor, until a reset or until an actuator of the same joint sets it.
  ///
  /// - Parameters:
  ///   - motor: The motor, or nil to switch it off.
  ///   - joint: A joint of this world that isn't a weld.
  public func setMotor(_ motor: Motor?, of joint: Joint) {
    precondition(
      (motor?.speed ?? 0).isFinite && (motor?.limit ?? 0).isFinite && motor?.limit ?? 0 >= 0,
      "a motor needs a finite speed and a limit of at least 0, got \(String(describing: motor))")
    fledge_joint_set_motor(handle, index(joint), fledge_motor(motor))
  }
}
