/* The life of a world, its steps and its snapshots. */
#include "world.hpp"

#include <atomic>

namespace {

std::atomic<int64_t> living{0};

/* Box2D fills a table of contact functions when the first contact of the process is made, without a
 * lock. Making one here, once, keeps worlds on several threads from racing for it. */
bool fill_contact_table() {
  auto world = std::make_unique<b2World>(b2Vec2(0, 0));
  b2BodyDef body;
  body.type = b2_dynamicBody;
  b2CircleShape circle;
  circle.m_radius = 1;
  for (int i = 0; i < 2; i++) world->CreateBody(&body)->CreateFixture(&circle, 1);
  world->Step(0.01f, 1, 1);
  return true;
}

/* A control that isn't a number counts as 0, so that no world is lost to it. */
float clipped(float control) {
  return control >= 1.0f ? 1.0f : control <= -1.0f ? -1.0f : control == control ? control : 0.0f;
}

void drive_motors(fledge_world &world) {
  for (size_t i = 0; i < world.controls.size(); i++) {
    const fledge_actuator &actuator = world.blueprint.actuators[i];
    b2Joint &joint = *world.joints[static_cast<size_t>(actuator.joint)];
    const float control = world.controls[i];
    if (actuator.kind == FLEDGE_ACTUATOR_MOTOR) {
      const float sign = control > 0.0f ? 1.0f : control < 0.0f ? -1.0f : 0.0f;
      set_motor(joint, {true, sign * actuator.speed, sign * control * actuator.limit});
    } else if (actuator.kind == FLEDGE_ACTUATOR_SPEED) {
      set_motor(joint, {true, control * actuator.speed, actuator.limit});
    }
  }
}

void apply_efforts(fledge_world &world) {
  const float time_step = world.blueprint.settings.time_step;
  for (size_t i = 0; i < world.controls.size(); i++) {
    const fledge_actuator &actuator = world.blueprint.actuators[i];
    if (actuator.kind == FLEDGE_ACTUATOR_EFFORT)
      apply_impulse(*world.joints[static_cast<size_t>(actuator.joint)],
                    world.controls[i] * actuator.limit * time_step);
  }
}

fledge_body_state state_of(const b2Body &body) {
  return {plain(body.GetPosition()), body.GetAngle(), plain(body.GetLinearVelocity()),
          body.GetAngularVelocity()};
}

void set_state(b2Body &body, const fledge_body_state &state) {
  body.SetTransform(box(state.position), state.angle);
  body.SetLinearVelocity(box(state.velocity));
  body.SetAngularVelocity(state.angular_velocity);
  body.SetAwake(true);
}

float read_value(const fledge_world &world, const fledge_reading &reading) {
  const size_t index = static_cast<size_t>(reading.index);
  auto body = [&]() -> const b2Body & { return *world.bodies[index]; };
  auto joint = [&]() -> const b2Joint & { return *world.joints[index]; };
  switch (reading.kind) {
    case FLEDGE_READING_X: return body().GetPosition().x;
    case FLEDGE_READING_Y: return body().GetPosition().y;
    case FLEDGE_READING_ANGLE: return body().GetAngle();
    case FLEDGE_READING_VELOCITY_X: return body().GetLinearVelocity().x;
    case FLEDGE_READING_VELOCITY_Y: return body().GetLinearVelocity().y;
    case FLEDGE_READING_ANGULAR_VELOCITY: return body().GetAngularVelocity();
    case FLEDGE_READING_JOINT_ANGLE: return joint_angle(joint());
    case FLEDGE_READING_JOINT_ANGULAR_SPEED: return joint_angular_speed(joint());
    case FLEDGE_READING_JOINT_TRANSLATION: return joint_translation(joint());
    case FLEDGE_READING_JOINT_LINEAR_SPEED: return joint_linear_speed(joint());
    case FLEDGE_READING_TOUCHING: return is_touching(body(), reading.categories) ? 1.0f : 0.0f;
    default: {
      const b2Vec2 origin = body().GetPosition();
      const b2Vec2 ray =
          reading.turns_with_body ? body().GetWorldVector(box(reading.ray)) : box(reading.ray);
      return free_share(world.simulation(), origin, origin + ray, reading.categories, &body());
    }
  }
}

}  // namespace

fledge_world::fledge_world() {
  static const bool ready = fill_contact_table();
  (void)ready;
  living++;
  build();
}

fledge_world::~fledge_world() {
  built->~b2World();
  living--;
}

fledge_world *fledge_world_create(void) { return new fledge_world(); }

void fledge_world_destroy(fledge_world *world) { delete world; }

int64_t fledge_world_count(void) { return living; }

int32_t fledge_world_define(fledge_world *world, const fledge_world_definition *definition) {
  Blueprint blueprint(*definition);
  if (const int32_t body = blueprint.body_without_mass()) return body;
  world->blueprint = std::move(blueprint);
  world->build();
  return 0;
}

void fledge_world_reset(fledge_world *world) { world->build(); }

void fledge_world_step(fledge_world *world, const float *controls, int32_t substeps,
                       float *readings) {
  if (controls)
    for (size_t i = 0; i < world->controls.size(); i++) world->controls[i] = clipped(controls[i]);
  drive_motors(*world);
  const fledge_world_settings &settings = world->blueprint.settings;
  b2World &simulation = world->simulation();
  for (int32_t i = 0; i < substeps; i++) {
    apply_efforts(*world);
    simulation.Step(settings.time_step, settings.velocity_iterations, settings.position_iterations);
  }
  simulation.ClearForces();
  if (readings) fledge_world_read(world, readings);
}

void fledge_world_read(fledge_world *world, float *readings) {
  for (const fledge_reading &reading : world->blueprint.readings)
    *readings++ = read_value(*world, reading);
}

void fledge_world_states(const fledge_world *world, fledge_body_state *states) {
  for (const b2Body *body : world->bodies) *states++ = state_of(*body);
}

void fledge_world_save(const fledge_world *world, fledge_body_state *states, bool *awake,
                       fledge_motor *motors, float *controls) {
  fledge_world_states(world, states);
  for (const b2Body *body : world->bodies) *awake++ = body->IsAwake();
  for (const b2Joint *joint : world->joints) *motors++ = get_motor(*joint);
  for (float control : world->controls) *controls++ = control;
}

void fledge_world_restore(fledge_world *world, const fledge_body_state *states, const bool *awake,
                          const fledge_motor *motors, const float *controls) {
  world->build();
  for (b2Joint *joint : world->joints) set_motor(*joint, *motors++);
  for (float &control : world->controls) control = *controls++;
  for (b2Body *body : world->bodies) set_state(*body, *states++);
  for (b2Body *body : world->bodies) body->SetAwake(*awake++);
}

fledge_body_state fledge_body_get_state(const fledge_world *world, int32_t body) {
  return state_of(*world->bodies[static_cast<size_t>(body)]);
}

void fledge_body_set_state(fledge_world *world, int32_t body, fledge_body_state state) {
  set_state(*world->bodies[static_cast<size_t>(body)], state);
}
