/* What a world of the facade holds: the description, and the Box2D world built from it. */
#pragma once

#include <box2d/box2d.h>

#include <memory>
#include <vector>

#include "CBox2D.h"
#include "sprung_joint.hpp"

inline b2Vec2 box(fledge_vector v) { return b2Vec2(v.x, v.y); }
inline fledge_vector plain(const b2Vec2 &v) { return {v.x, v.y}; }

struct FixtureBlueprint {
  int32_t body;
  std::unique_ptr<b2Shape> shape;
  b2FixtureDef definition;  /* its shape is the one above; user data is the index in the body */
};

/* The description, with its shapes computed. */
struct Blueprint {
  fledge_world_settings settings{{0, 0}, 0.02f, 8, 3, true, true, false};
  std::vector<fledge_body_definition> bodies;
  std::vector<FixtureBlueprint> fixtures;
  std::vector<fledge_joint_definition> joints;
  std::vector<fledge_actuator> actuators;
  std::vector<fledge_reading> readings;

  Blueprint() = default;
  explicit Blueprint(const fledge_world_definition &definition);
  /* 1 + the index of a dynamic body whose mass or inertia can't be told from zero, or 0. */
  int32_t body_without_mass() const;
};

struct fledge_world {
  Blueprint blueprint;
  std::vector<b2Body *> bodies;
  std::vector<b2Joint *> joints;
  std::vector<JointSpring> springs; /* one a joint, used by revolute joints that have one */
  std::vector<float> controls;

  fledge_world();
  ~fledge_world();
  fledge_world(const fledge_world &) = delete;
  fledge_world &operator=(const fledge_world &) = delete;

  /* Ends the old Box2D world and builds a new one in its place. */
  void build();
  b2World &simulation() const { return *built; }

 private:
  void add_bodies();
  void add_fixtures();
  void add_joint(const fledge_joint_definition &definition, JointSpring &spring);

  b2World *built = nullptr;
  alignas(b2World) mutable unsigned char storage[sizeof(b2World)];
};

/* Joints, by kind (joints.cpp). */
void set_motor(b2Joint &joint, fledge_motor motor);
fledge_motor get_motor(const b2Joint &joint);
float joint_angle(const b2Joint &joint);
float joint_angular_speed(const b2Joint &joint);
float joint_translation(const b2Joint &joint);
float joint_linear_speed(const b2Joint &joint);
/* Pushes the bodies apart along the joint's free direction: an angular impulse, or a linear one. */
void apply_impulse(b2Joint &joint, float impulse);

/* Queries (queries.cpp). */
bool is_touching(const b2Body &body, uint16_t categories);
float free_share(const b2World &world, b2Vec2 origin, b2Vec2 end, uint16_t categories,
                 const b2Body *ignored);
