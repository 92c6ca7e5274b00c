/* Bodies one by one, contacts and rays. */
#include "world.hpp"

namespace {

b2Body &body_at(const fledge_world *world, int32_t body) {
  return *world->bodies[static_cast<size_t>(body)];
}

/* The nearest solid fixture of the wanted categories. */
class NearestHit final : public b2RayCastCallback {
 public:
  NearestHit(uint16_t categories, const b2Body *ignored)
      : categories(categories), ignored(ignored) {}

  float ReportFixture(b2Fixture *hit, const b2Vec2 &, const b2Vec2 &at_normal,
                      float at_fraction) override {
    const bool wanted = (hit->GetFilterData().categoryBits & categories) != 0;
    if (!wanted || hit->IsSensor() || hit->GetBody() == ignored) return -1.0f;
    fixture = hit;
    normal = at_normal;
    fraction = at_fraction;
    return at_fraction;
  }

  const uint16_t categories;
  const b2Body *const ignored;
  b2Fixture *fixture = nullptr;
  b2Vec2 normal{0, 0};
  float fraction = 1.0f;
};

NearestHit cast(const b2World &world, b2Vec2 origin, b2Vec2 end, uint16_t categories,
                const b2Body *ignored) {
  NearestHit hit(categories, ignored);
  /* Box2D stops the process at a ray without a direction; such a ray meets nothing. */
  if ((end - origin).LengthSquared() > 0.0f && b2IsValid((end - origin).LengthSquared()))
    world.RayCast(&hit, origin, end);
  return hit;
}

const b2Body *ignored_body(const fledge_world *world, int32_t ignored) {
  return ignored < 0 ? nullptr : world->bodies[static_cast<size_t>(ignored)];
}

}  // namespace

float free_share(const b2World &world, b2Vec2 origin, b2Vec2 end, uint16_t categories,
                 const b2Body *ignored) {
  return cast(world, origin, end, categories, ignored).fraction;
}

bool is_touching(const b2Body &body, uint16_t categories) {
  for (const b2ContactEdge *edge = body.GetContactList(); edge; edge = edge->next) {
    if (!edge->contact->IsTouching()) continue;
    const b2Contact &contact = *edge->contact;
    const b2Fixture *other = contact.GetFixtureA();
    if (other->GetBody() == &body) other = contact.GetFixtureB();
    if (other->GetFilterData().categoryBits & categories) return true;
  }
  return false;
}

uint16_t fledge_body_touched_categories(const fledge_world *world, int32_t index, int32_t fixture) {
  const b2Body &body = body_at(world, index);
  uint16_t categories = 0;
  for (const b2ContactEdge *edge = body.GetContactList(); edge; edge = edge->next) {
    b2Contact &contact = *edge->contact;
    if (!contact.IsTouching()) continue;
    b2Fixture *own = contact.GetFixtureA();
    b2Fixture *other = contact.GetFixtureB();
    if (own->GetBody() != &body) std::swap(own, other);
    if (fixture < 0 || own->GetUserData().pointer == static_cast<uintptr_t>(fixture))
      categories |= other->GetFilterData().categoryBits;
  }
  return categories;
}

bool fledge_bodies_touch(const fledge_world *world, int32_t first, int32_t second) {
  const b2Body *other = &body_at(world, second);
  for (b2ContactEdge *edge = body_at(world, first).GetContactList(); edge; edge = edge->next)
    if (edge->other == other && edge->contact->IsTouching()) return true;
  return false;
}

bool fledge_body_is_awake(const fledge_world *world, int32_t body) {
  return body_at(world, body).IsAwake();
}

fledge_mass fledge_body_mass(const fledge_world *world, int32_t index) {
  const b2Body &body = body_at(world, index);
  const b2Vec2 center = body.GetLocalCenter();
  /* Box2D's inertia is about the origin; with rotation fixed it has none about the centre. */
  const float inertia = body.GetInertia() - body.GetMass() * b2Dot(center, center);
  return {body.GetMass(), body.IsFixedRotation() ? 0.0f : inertia, plain(center)};
}

fledge_vector fledge_body_world_point(const fledge_world *world, int32_t body,
                                      fledge_vector local) {
  return plain(body_at(world, body).GetWorldPoint(box(local)));
}

fledge_vector fledge_body_local_point(const fledge_world *world, int32_t body,
                                      fledge_vector point) {
  return plain(body_at(world, body).GetLocalPoint(box(point)));
}

fledge_vector fledge_body_point_velocity(const fledge_world *world, int32_t body,
                                         fledge_vector point) {
  return plain(body_at(world, body).GetLinearVelocityFromWorldPoint(box(point)));
}

void fledge_body_apply_force(fledge_world *world, int32_t body, fledge_vector force,
                             fledge_vector point) {
  body_at(world, body).ApplyForce(box(force), box(point), true);
}

void fledge_body_apply_central_force(fledge_world *world, int32_t body, fledge_vector force) {
  body_at(world, body).ApplyForceToCenter(box(force), true);
}

void fledge_body_apply_torque(fledge_world *world, int32_t body, float torque) {
  body_at(world, body).ApplyTorque(torque, true);
}

void fledge_body_apply_impulse(fledge_world *world, int32_t body, fledge_vector impulse,
                               fledge_vector point) {
  body_at(world, body).ApplyLinearImpulse(box(impulse), box(point), true);
}

void fledge_body_apply_central_impulse(fledge_world *world, int32_t body, fledge_vector impulse) {
  body_at(world, body).ApplyLinearImpulseToCenter(box(impulse), true);
}

void fledge_body_apply_angular_impulse(fledge_world *world, int32_t body, float impulse) {
  body_at(world, body).ApplyAngularImpulse(impulse, true);
}

void fledge_world_cast_rays(const fledge_world *world, const fledge_ray *rays, int32_t count,
                            uint16_t categories, int32_t ignored, float *fractions) {
  const b2Body *body = ignored_body(world, ignored);
  for (int32_t i = 0; i < count; i++)
    fractions[i] =
        free_share(world->simulation(), box(rays[i].origin), box(rays[i].end), categories, body);
}

fledge_ray_hit fledge_world_cast_ray(const fledge_world *world, fledge_ray ray, uint16_t categories,
                                     int32_t ignored) {
  const NearestHit hit = cast(world->simulation(), box(ray.origin), box(ray.end), categories,
                              ignored_body(world, ignored));
  if (!hit.fixture) return {1.0f, {0, 0}, -1, -1};
  return {hit.fraction, plain(hit.normal),
          static_cast<int32_t>(hit.fixture->GetBody()->GetUserData().pointer),
          static_cast<int32_t>(hit.fixture->GetUserData().pointer)};
}
