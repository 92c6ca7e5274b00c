/* From a description to shapes, bodies and joints, always in the same order. */
#include <cmath>

#include "world.hpp"

namespace {

std::unique_ptr<b2Shape> make_shape(const fledge_fixture_definition &fixture,
                                    const fledge_vector *vertices) {
  std::vector<b2Vec2> points;
  for (int32_t i = 0; i < fixture.vertex_count; i++) points.push_back(box(vertices[i]));
  const int32_t count = fixture.vertex_count;
  switch (fixture.shape) {
    case FLEDGE_SHAPE_CIRCLE: {
      auto circle = std::make_unique<b2CircleShape>();
      circle->m_p = points[0];
      circle->m_radius = fixture.size;
      return circle;
    }
    case FLEDGE_SHAPE_BOX: {
      auto polygon = std::make_unique<b2PolygonShape>();
      polygon->SetAsBox(points[1].x, points[1].y, points[0], fixture.size);
      return polygon;
    }
    case FLEDGE_SHAPE_EDGE: {
      auto edge = std::make_unique<b2EdgeShape>();
      edge->SetTwoSided(points[0], points[1]);
      return edge;
    }
    case FLEDGE_SHAPE_POLYGON: {
      auto polygon = std::make_unique<b2PolygonShape>();
      polygon->Set(points.data(), count);
      return polygon;
    }
    case FLEDGE_SHAPE_LOOP: {
      auto chain = std::make_unique<b2ChainShape>();
      chain->CreateLoop(points.data(), count);
      return chain;
    }
    default: {
      /* Without neighbours, an open chain goes on straight at both ends. */
      auto chain = std::make_unique<b2ChainShape>();
      chain->CreateChain(points.data(), count, 2.0f * points[0] - points[1],
                         2.0f * points[count - 1] - points[count - 2]);
      return chain;
    }
  }
}

}  // namespace

Blueprint::Blueprint(const fledge_world_definition &definition)
    : settings(definition.settings),
      bodies(definition.bodies, definition.bodies + definition.body_count),
      joints(definition.joints, definition.joints + definition.joint_count),
      actuators(definition.actuators, definition.actuators + definition.actuator_count),
      readings(definition.readings, definition.readings + definition.reading_count) {
  std::vector<uintptr_t> counts(bodies.size(), 0);
  fixtures.reserve(static_cast<size_t>(definition.fixture_count));
  for (int32_t i = 0; i < definition.fixture_count; i++) {
    const fledge_fixture_definition &given = definition.fixtures[i];
    FixtureBlueprint fixture{given.body, nullptr, {}};
    fixture.shape = make_shape(given, definition.vertices + given.first_vertex);
    fixture.definition.shape = fixture.shape.get();
    fixture.definition.density = given.density;
    fixture.definition.friction = given.friction;
    fixture.definition.restitution = given.restitution;
    fixture.definition.restitutionThreshold = given.restitution_threshold;
    fixture.definition.isSensor = given.sensor;
    fixture.definition.filter.categoryBits = given.category;
    fixture.definition.filter.maskBits = given.mask;
    fixture.definition.filter.groupIndex = given.group;
    fixture.definition.userData.pointer = counts[static_cast<size_t>(given.body)]++;
    fixtures.push_back(std::move(fixture));
  }
}

int32_t Blueprint::body_without_mass() const {
  /* In kg and kg m^2: far below any robot's, far above where the inverse overflows. */
  const float least_mass = 1e-9f, least_inertia = 1e-18f;
  struct Sums {
    float mass = 0, inertia = 0;
    b2Vec2 center{0, 0};
  };
  std::vector<Sums> sums(bodies.size());
  for (const FixtureBlueprint &fixture : fixtures) {
    const size_t index = static_cast<size_t>(fixture.body);
    if (bodies[index].kind != FLEDGE_BODY_DYNAMIC || fixture.definition.density == 0.0f) continue;
    Sums &sum = sums[index];
    b2MassData mass;
    fixture.shape->ComputeMass(&mass, fixture.definition.density);
    sum.mass += mass.mass;
    sum.inertia += mass.I;
    sum.center += mass.mass * mass.center;
    if (!std::isfinite(sum.mass) || !std::isfinite(sum.inertia)) return fixture.body + 1;
    if (sum.mass <= 0.0f || bodies[index].fixed_rotation) continue;
    /* Box2D takes the same difference after every fixture and stops the process unless it is
     * positive. The margin covers rounding, which depends on the order of the sum. */
    const float offset = b2Dot(sum.center, sum.center) / sum.mass;
    if (!(sum.inertia - offset > 1e-5f * sum.inertia + least_inertia)) return fixture.body + 1;
  }
  for (size_t i = 0; i < bodies.size(); i++)
    if (bodies[i].kind == FLEDGE_BODY_DYNAMIC && !(sums[i].mass > least_mass))
      return static_cast<int32_t>(i) + 1;
  return 0;
}

void fledge_world::add_bodies() {
  static const b2BodyType kinds[] = {b2_staticBody, b2_kinematicBody, b2_dynamicBody};
  for (const fledge_body_definition &given : blueprint.bodies) {
    b2BodyDef definition;
    definition.type = kinds[given.kind];
    definition.position = box(given.state.position);
    definition.angle = given.state.angle;
    definition.linearDamping = given.linear_damping;
    definition.angularDamping = given.angular_damping;
    definition.gravityScale = given.gravity_scale;
    definition.fixedRotation = given.fixed_rotation;
    definition.bullet = given.bullet;
    definition.userData.pointer = bodies.size();
    bodies.push_back(built->CreateBody(&definition));
  }
}

void fledge_world::add_fixtures() {
  for (const FixtureBlueprint &fixture : blueprint.fixtures)
    bodies[static_cast<size_t>(fixture.body)]->CreateFixture(&fixture.definition);
  for (size_t i = 0; i < bodies.size(); i++) {
    if (blueprint.bodies[i].added_inertia == 0.0f) continue;
    b2MassData mass;
    bodies[i]->GetMassData(&mass);
    mass.I += blueprint.bodies[i].added_inertia;
    bodies[i]->SetMassData(&mass);
  }
  /* Velocities come last: Box2D changes them as fixtures move the centre of mass. */
  for (size_t i = 0; i < bodies.size(); i++) {
    bodies[i]->SetLinearVelocity(box(blueprint.bodies[i].state.velocity));
    bodies[i]->SetAngularVelocity(blueprint.bodies[i].state.angular_velocity);
  }
}

void fledge_world::add_joint(const fledge_joint_definition &given, JointSpring &spring) {
  b2Body *first = bodies[static_cast<size_t>(given.first)];
  b2Body *second = bodies[static_cast<size_t>(given.second)];
  auto create = [&](auto definition, auto specify) {
    definition.bodyA = first;
    definition.bodyB = second;
    definition.collideConnected = given.collide;
    const b2Vec2 anchor = box(given.first_anchor);
    definition.localAnchorA = given.world_anchor ? first->GetLocalPoint(anchor) : anchor;
    definition.localAnchorB =
        given.world_anchor ? second->GetLocalPoint(anchor) : box(given.second_anchor);
    specify(definition);
    return built->CreateJoint(&definition);
  };
  const float reference = given.has_reference_angle ? given.reference_angle
                                                    : second->GetAngle() - first->GetAngle();
  b2Vec2 axis = given.world_anchor ? first->GetLocalVector(box(given.axis)) : box(given.axis);
  axis.Normalize();

  switch (given.kind) {
    case FLEDGE_JOINT_REVOLUTE: {
      b2Joint *joint = create(b2RevoluteJointDef(), [&](b2RevoluteJointDef &definition) {
        definition.referenceAngle = reference;
        definition.enableLimit = given.has_limits;
        definition.lowerAngle = given.lower;
        definition.upperAngle = given.upper;
        definition.enableMotor = given.has_motor;
        definition.motorSpeed = given.motor_speed;
        definition.maxMotorTorque = given.motor_limit;
      });
      if (given.stiffness > 0.0f || given.damping > 0.0f) {
        spring = {given.stiffness, given.damping, given.rest, 0, 0, 0, 0};
        SprungJoint::attach(static_cast<b2RevoluteJoint *>(joint), &spring);
      }
      joints.push_back(joint);
      break;
    }
    case FLEDGE_JOINT_PRISMATIC:
      joints.push_back(create(b2PrismaticJointDef(), [&](b2PrismaticJointDef &definition) {
        definition.localAxisA = axis;
        definition.referenceAngle = reference;
        definition.enableLimit = given.has_limits;
        definition.lowerTranslation = given.lower;
        definition.upperTranslation = given.upper;
        definition.enableMotor = given.has_motor;
        definition.motorSpeed = given.motor_speed;
        definition.maxMotorForce = given.motor_limit;
      }));
      break;
    case FLEDGE_JOINT_WELD:
      joints.push_back(create(b2WeldJointDef(), [&](b2WeldJointDef &definition) {
        definition.referenceAngle = reference;
        definition.stiffness = given.stiffness;
        definition.damping = given.damping;
      }));
      break;
    default:
      joints.push_back(create(b2WheelJointDef(), [&](b2WheelJointDef &definition) {
        definition.localAxisA = axis;
        definition.enableLimit = given.has_limits;
        definition.lowerTranslation = given.lower;
        definition.upperTranslation = given.upper;
        definition.enableMotor = given.has_motor;
        definition.motorSpeed = given.motor_speed;
        definition.maxMotorTorque = given.motor_limit;
        definition.stiffness = given.stiffness;
        definition.damping = given.damping;
      }));
  }
}

void fledge_world::build() {
  if (built) built->~b2World();
  bodies.clear();
  joints.clear();
  built = new (storage) b2World(box(blueprint.settings.gravity));
  built->SetWarmStarting(blueprint.settings.warm_starting);
  built->SetContinuousPhysics(blueprint.settings.continuous);
  built->SetAllowSleeping(blueprint.settings.sleeping);
  /* Forces last for all substeps of a step call. */
  built->SetAutoClearForces(false);
  add_bodies();
  add_fixtures();
  springs.assign(blueprint.joints.size(), JointSpring{});
  for (size_t i = 0; i < blueprint.joints.size(); i++) add_joint(blueprint.joints[i], springs[i]);
  controls.assign(blueprint.actuators.size(), 0.0f);
  /* A motor that is an actuator's is on from the start, and holds still with no control. */
  for (const fledge_actuator &actuator : blueprint.actuators)
    if (actuator.kind != FLEDGE_ACTUATOR_EFFORT)
      set_motor(*joints[static_cast<size_t>(actuator.joint)],
                {true, 0, actuator.kind == FLEDGE_ACTUATOR_SPEED ? actuator.limit : 0});
}
