/* Planar rigid bodies: a C face of Box2D 2.4.1, for `Physics` alone.
 *
 * A world is described once, by arrays, and built from its description again at every reset. All
 * values must have been checked: Box2D stops the process at some that don't hold. SI units, angles
 * in radians. Each world belongs to one thread at a time; different worlds share nothing. */
#ifndef CBOX2D_H
#define CBOX2D_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  float x, y;
} fledge_vector;

/* The velocity is that of the centre of mass, the position that of the body's origin. */
typedef struct {
  fledge_vector position;
  float angle;
  fledge_vector velocity;
  float angular_velocity;
} fledge_body_state;

enum { FLEDGE_BODY_STATIC, FLEDGE_BODY_KINEMATIC, FLEDGE_BODY_DYNAMIC };

typedef struct {
  int32_t kind;
  fledge_body_state state;
  float linear_damping, angular_damping, gravity_scale, added_inertia;
  bool fixed_rotation, bullet;
} fledge_body_definition;

/* What the vertices of each shape are:
 *   circle   the centre; `size` is the radius
 *   box      the centre and the half extents; `size` is the angle
 *   edge     both ends
 *   polygon  3 to 8 corners, convex and counterclockwise
 *   chain    at least 2 points; a loop's first point isn't repeated */
enum {
  FLEDGE_SHAPE_CIRCLE,
  FLEDGE_SHAPE_BOX,
  FLEDGE_SHAPE_EDGE,
  FLEDGE_SHAPE_POLYGON,
  FLEDGE_SHAPE_CHAIN,
  FLEDGE_SHAPE_LOOP
};

typedef struct {
  int32_t body, shape;
  int32_t first_vertex, vertex_count;
  float size;
  float density, friction, restitution, restitution_threshold;
  uint16_t category, mask;
  int16_t group;
  bool sensor;
} fledge_fixture_definition;

enum { FLEDGE_JOINT_REVOLUTE, FLEDGE_JOINT_PRISMATIC, FLEDGE_JOINT_WELD, FLEDGE_JOINT_WHEEL };

/* `limit` of a motor is a torque, or the force of a prismatic joint. Stiffness and damping are
 * those of a revolute joint's spring towards `rest`, of a soft weld, or of a wheel's suspension. */
typedef struct {
  int32_t kind, first, second;
  /* World anchors: `first_anchor` and `axis` are in world coordinates at the initial poses, and the
   * reference angle is the initial one unless it is given. */
  bool world_anchor, has_reference_angle, collide, has_limits, has_motor;
  fledge_vector first_anchor, second_anchor, axis;
  float reference_angle, lower, upper, motor_speed, motor_limit, stiffness, damping, rest;
} fledge_joint_definition;

/* What a control u in [-1, 1] does: it applies the torque or force u `limit`; or it drives the
 * motor to sign(u) `speed` with at most |u| `limit`; or to u `speed` with at most `limit`. */
enum { FLEDGE_ACTUATOR_EFFORT, FLEDGE_ACTUATOR_MOTOR, FLEDGE_ACTUATOR_SPEED };

typedef struct {
  int32_t kind, joint;
  float speed, limit;
} fledge_actuator;

enum {
  FLEDGE_READING_X,
  FLEDGE_READING_Y,
  FLEDGE_READING_ANGLE,
  FLEDGE_READING_VELOCITY_X,
  FLEDGE_READING_VELOCITY_Y,
  FLEDGE_READING_ANGULAR_VELOCITY,
  FLEDGE_READING_JOINT_ANGLE,
  FLEDGE_READING_JOINT_ANGULAR_SPEED,
  FLEDGE_READING_JOINT_TRANSLATION,
  FLEDGE_READING_JOINT_LINEAR_SPEED,
  FLEDGE_READING_TOUCHING, /* 1 or 0 */
  FLEDGE_READING_RANGE     /* the free share of the ray from the body's origin along `ray` */
};

typedef struct {
  int32_t kind, index;
  uint16_t categories;
  bool turns_with_body;
  fledge_vector ray;
} fledge_reading;

typedef struct {
  fledge_vector gravity;
  float time_step;
  int32_t velocity_iterations, position_iterations;
  bool warm_starting, continuous, sleeping;
} fledge_world_settings;

typedef struct {
  fledge_world_settings settings;
  const fledge_body_definition *bodies;
  const fledge_fixture_definition *fixtures;
  const fledge_vector *vertices;
  const fledge_joint_definition *joints;
  const fledge_actuator *actuators;
  const fledge_reading *readings;
  int32_t body_count, fixture_count, joint_count, actuator_count, reading_count;
} fledge_world_definition;

typedef struct fledge_world fledge_world;

/* A world without bodies, to be defined and then destroyed. */
fledge_world *fledge_world_create(void);
void fledge_world_destroy(fledge_world *world);
/* The worlds of this process that are not destroyed. */
int64_t fledge_world_count(void);

/* Copies the description and builds the world. Where a dynamic body's mass or its inertia can't be
 * told from zero, returns 1 + that body's index and leaves the world as it was; otherwise 0. */
int32_t fledge_world_define(fledge_world *world, const fledge_world_definition *definition);

/* Builds the world from its description, as if it had never been stepped. */
void fledge_world_reset(fledge_world *world);

/* Sets the controls (unless null), steps, clears forces, and reads (unless null). */
void fledge_world_step(fledge_world *world, const float *controls, int32_t substeps,
                       float *readings);
void fledge_world_read(fledge_world *world, float *readings);

/* Snapshots: what a reset world needs to go on from here. Each array has one value a body (states,
 * awake), a joint (motors) or an actuator (controls). */
typedef struct {
  bool enabled;
  float speed, limit;
} fledge_motor;

void fledge_world_save(const fledge_world *world, fledge_body_state *states, bool *awake,
                       fledge_motor *motors, float *controls);
void fledge_world_restore(fledge_world *world, const fledge_body_state *states, const bool *awake,
                          const fledge_motor *motors, const float *controls);

/* Bodies. Forces act until the end of the next step call, impulses at once. */
typedef struct {
  float mass;
  float inertia; /* about the centre of mass */
  fledge_vector center;
} fledge_mass;

void fledge_world_states(const fledge_world *world, fledge_body_state *states);
fledge_body_state fledge_body_get_state(const fledge_world *world, int32_t body);
void fledge_body_set_state(fledge_world *world, int32_t body, fledge_body_state state);
bool fledge_body_is_awake(const fledge_world *world, int32_t body);
fledge_mass fledge_body_mass(const fledge_world *world, int32_t body);
fledge_vector fledge_body_world_point(const fledge_world *world, int32_t body, fledge_vector local);
fledge_vector fledge_body_local_point(const fledge_world *world, int32_t body, fledge_vector point);
fledge_vector fledge_body_point_velocity(const fledge_world *world, int32_t body,
                                         fledge_vector point);
void fledge_body_apply_force(fledge_world *world, int32_t body, fledge_vector force,
                             fledge_vector point);
void fledge_body_apply_central_force(fledge_world *world, int32_t body, fledge_vector force);
void fledge_body_apply_torque(fledge_world *world, int32_t body, float torque);
void fledge_body_apply_impulse(fledge_world *world, int32_t body, fledge_vector impulse,
                               fledge_vector point);
void fledge_body_apply_central_impulse(fledge_world *world, int32_t body, fledge_vector impulse);
void fledge_body_apply_angular_impulse(fledge_world *world, int32_t body, float impulse);

/* Contacts of the last substep. `fixture` counts in the order of definition, -1 stands for all. */
uint16_t fledge_body_touched_categories(const fledge_world *world, int32_t body, int32_t fixture);
bool fledge_bodies_touch(const fledge_world *world, int32_t first, int32_t second);

/* Joints: only what the joint's kind has. */
float fledge_joint_angle(const fledge_world *world, int32_t joint);
float fledge_joint_angular_speed(const fledge_world *world, int32_t joint);
float fledge_joint_translation(const fledge_world *world, int32_t joint);
float fledge_joint_linear_speed(const fledge_world *world, int32_t joint);
fledge_vector fledge_joint_anchor(const fledge_world *world, int32_t joint);
fledge_vector fledge_joint_reaction_force(const fledge_world *world, int32_t joint);
/* The torque, or a prismatic joint's force, that the motor applied in the last substep. */
float fledge_joint_motor_effort(const fledge_world *world, int32_t joint);
void fledge_joint_set_motor(fledge_world *world, int32_t joint, fledge_motor motor);

/* Rays, against solid fixtures with one of the categories; `ignored` is a body or -1. */
typedef struct {
  fledge_vector origin, end;
} fledge_ray;

typedef struct {
  float fraction; /* of the way to the end; 1 where nothing is hit */
  fledge_vector normal;
  int32_t body, fixture; /* -1 where nothing is hit */
} fledge_ray_hit;

void fledge_world_cast_rays(const fledge_world *world, const fledge_ray *rays, int32_t count,
                            uint16_t categories, int32_t ignored, float *fractions);
fledge_ray_hit fledge_world_cast_ray(const fledge_world *world, fledge_ray ray, uint16_t categories,
                                     int32_t ignored);

#ifdef __cplusplus
}
#endif

#endif
