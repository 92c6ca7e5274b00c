/* What joints have in common only by name: their classes share no interface for it. */
#include "world.hpp"

namespace {

/* Calls `use` with the joint as what it is; welds have nothing of it. */
template <typename Result, typename Joint, typename Use>
Result as_kind(Joint &joint, Result otherwise, Use use) {
  constexpr bool constant = std::is_const<Joint>::value;
  using Revolute = std::conditional_t<constant, const b2RevoluteJoint, b2RevoluteJoint>;
  using Prismatic = std::conditional_t<constant, const b2PrismaticJoint, b2PrismaticJoint>;
  using Wheel = std::conditional_t<constant, const b2WheelJoint, b2WheelJoint>;
  switch (joint.GetType()) {
    case e_revoluteJoint: return use(static_cast<Revolute &>(joint));
    case e_prismaticJoint: return use(static_cast<Prismatic &>(joint));
    case e_wheelJoint: return use(static_cast<Wheel &>(joint));
    default: return otherwise;
  }
}

template <typename Joint>
constexpr bool is_prismatic = std::is_same<std::decay_t<Joint>, b2PrismaticJoint>::value;

const b2Joint &joint_at(const fledge_world *world, int32_t joint) {
  return *world->joints[static_cast<size_t>(joint)];
}

/* Box2D's accessors aren't const, though they change nothing. */
b2Body &first_body(const b2Joint &joint) { return *const_cast<b2Joint &>(joint).GetBodyA(); }
b2Body &second_body(const b2Joint &joint) { return *const_cast<b2Joint &>(joint).GetBodyB(); }

}  // namespace

void set_motor(b2Joint &joint, fledge_motor motor) {
  as_kind(joint, 0, [&](auto &kind) {
    kind.EnableMotor(motor.enabled);
    kind.SetMotorSpeed(motor.speed);
    if constexpr (is_prismatic<decltype(kind)>)
      kind.SetMaxMotorForce(motor.limit);
    else
      kind.SetMaxMotorTorque(motor.limit);
    return 0;
  });
}

fledge_motor get_motor(const b2Joint &joint) {
  return as_kind(joint, fledge_motor{false, 0, 0}, [](const auto &kind) -> fledge_motor {
    if constexpr (is_prismatic<decltype(kind)>)
      return {kind.IsMotorEnabled(), kind.GetMotorSpeed(), kind.GetMaxMotorForce()};
    else
      return {kind.IsMotorEnabled(), kind.GetMotorSpeed(), kind.GetMaxMotorTorque()};
  });
}

float joint_angle(const b2Joint &joint) {
  switch (joint.GetType()) {
    case e_revoluteJoint: return static_cast<const b2RevoluteJoint &>(joint).GetJointAngle();
    case e_wheelJoint: return static_cast<const b2WheelJoint &>(joint).GetJointAngle();
    case e_weldJoint:
      return second_body(joint).GetAngle() - first_body(joint).GetAngle() -
             static_cast<const b2WeldJoint &>(joint).GetReferenceAngle();
    default: return 0.0f;
  }
}

float joint_angular_speed(const b2Joint &joint) {
  if (joint.GetType() == e_prismaticJoint) return 0.0f;
  return second_body(joint).GetAngularVelocity() - first_body(joint).GetAngularVelocity();
}

float joint_translation(const b2Joint &joint) {
  switch (joint.GetType()) {
    case e_prismaticJoint:
      return static_cast<const b2PrismaticJoint &>(joint).GetJointTranslation();
    case e_wheelJoint: return static_cast<const b2WheelJoint &>(joint).GetJointTranslation();
    default: return 0.0f;
  }
}

float joint_linear_speed(const b2Joint &joint) {
  switch (joint.GetType()) {
    case e_prismaticJoint: return static_cast<const b2PrismaticJoint &>(joint).GetJointSpeed();
    case e_wheelJoint: return static_cast<const b2WheelJoint &>(joint).GetJointLinearSpeed();
    default: return 0.0f;
  }
}

void apply_impulse(b2Joint &joint, float impulse) {
  b2Body &first = first_body(joint);
  b2Body &second = second_body(joint);
  if (joint.GetType() == e_prismaticJoint) {
    const auto &prismatic = static_cast<const b2PrismaticJoint &>(joint);
    const b2Vec2 push = impulse * first.GetWorldVector(prismatic.GetLocalAxisA());
    /* At one point, so that the pair has no moment even while the anchors are apart by an error. */
    const b2Vec2 point = joint.GetAnchorB();
    first.ApplyLinearImpulse(-push, point, true);
    second.ApplyLinearImpulse(push, point, true);
  } else {
    first.ApplyAngularImpulse(-impulse, true);
    second.ApplyAngularImpulse(impulse, true);
  }
}

float fledge_joint_angle(const fledge_world *world, int32_t joint) {
  return joint_angle(joint_at(world, joint));
}

float fledge_joint_angular_speed(const fledge_world *world, int32_t joint) {
  return joint_angular_speed(joint_at(world, joint));
}

float fledge_joint_translation(const fledge_world *world, int32_t joint) {
  return joint_translation(joint_at(world, joint));
}

float fledge_joint_linear_speed(const fledge_world *world, int32_t joint) {
  return joint_linear_speed(joint_at(world, joint));
}

fledge_vector fledge_joint_anchor(const fledge_world *world, int32_t joint) {
  return plain(joint_at(world, joint).GetAnchorA());
}

fledge_vector fledge_joint_reaction_force(const fledge_world *world, int32_t joint) {
  return plain(
      joint_at(world, joint).GetReactionForce(1.0f / world->blueprint.settings.time_step));
}

float fledge_joint_motor_effort(const fledge_world *world, int32_t joint) {
  const float rate = 1.0f / world->blueprint.settings.time_step;
  return as_kind(joint_at(world, joint), 0.0f, [&](const auto &kind) {
    if constexpr (is_prismatic<decltype(kind)>)
      return kind.GetMotorForce(rate);
    else
      return kind.GetMotorTorque(rate);
  });
}

void fledge_joint_set_motor(fledge_world *world, int32_t joint, fledge_motor motor) {
  set_motor(*world->joints[static_cast<size_t>(joint)], motor);
}
