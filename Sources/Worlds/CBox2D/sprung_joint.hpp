/* A revolute joint with a linear spring and damper, which Box2D 2.4.1 doesn't have.
 *
 * The torque -(k (angle - rest) + c speed) is a soft constraint of the velocity solver, in the form
 * that Box2D's own weld joint uses: k and c act on the angle and speed at the end of the step
 * (implicit Euler), through the coupled bodies. So it is stable for any stiffness and damping,
 * where a torque applied before the step explodes once c dt (1/I1 + 1/I2) exceeds 2. */
#pragma once

#include <box2d/box2d.h>

struct JointSpring {
  float stiffness, damping, rest;
  float impulse;               /* kept from step to step for warm starting */
  float softness, bias, mass;  /* of the step being solved */
};

class SprungJoint final : public b2RevoluteJoint {
 public:
  /* Turns a joint that Box2D made, and that is linked to its bodies, into one with a spring:
   * Box2D's factory knows no other classes, and the solver calls every joint by its virtual
   * functions. The spring outlives the joint. */
  static void attach(b2RevoluteJoint *joint, JointSpring *spring) {
    joint->GetUserData().pointer = reinterpret_cast<uintptr_t>(spring);
    const b2RevoluteJoint &linked = *joint;
    SprungJoint copy(linked);
    new (static_cast<void *>(joint)) SprungJoint(copy);
  }

 protected:
  void InitVelocityConstraints(const b2SolverData &data) override {
    b2RevoluteJoint::InitVelocityConstraints(data);
    JointSpring &spring = *reinterpret_cast<JointSpring *>(m_userData.pointer);
    const float step = data.step.dt;
    const float yielding = step * (spring.damping + step * spring.stiffness);
    const float mobility = m_invIA + m_invIB;
    if (mobility == 0.0f || yielding == 0.0f) {
      spring.mass = spring.impulse = 0.0f;
      return;
    }
    spring.softness = 1.0f / yielding;
    spring.bias = (m_angle - spring.rest) * step * spring.stiffness * spring.softness;
    spring.mass = 1.0f / (mobility + spring.softness);
    spring.impulse = data.step.warmStarting ? spring.impulse * data.step.dtRatio : 0.0f;
    turn(data, spring.impulse);
  }

  void SolveVelocityConstraints(const b2SolverData &data) override {
    JointSpring &spring = *reinterpret_cast<JointSpring *>(m_userData.pointer);
    if (spring.mass != 0.0f) {
      const float speed = data.velocities[m_indexB].w - data.velocities[m_indexA].w;
      const float impulse =
          -spring.mass * (speed + spring.bias + spring.softness * spring.impulse);
      spring.impulse += impulse;
      turn(data, impulse);
    }
    b2RevoluteJoint::SolveVelocityConstraints(data);
  }

 private:
  explicit SprungJoint(const b2RevoluteJoint &joint) : b2RevoluteJoint(joint) {}
  SprungJoint(const SprungJoint &) = default;

  void turn(const b2SolverData &data, float impulse) {
    data.velocities[m_indexA].w -= m_invIA * impulse;
    data.velocities[m_indexB].w += m_invIB * impulse;
  }
};

static_assert(sizeof(SprungJoint) == sizeof(b2RevoluteJoint), "takes the place of the other");
