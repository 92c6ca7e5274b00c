/* A cart on a rail that has to stop at a place it is not told: an environment in plain C.

   It shows all that a library needs. Build it with any C compiler:

       cc -shared -fPIC -O2 -I Sources/Worlds/CPlugin/include Environments/Examples/CartInC/cart.c -o cart.so
       fledge environments check cart --plugin ./cart.so
*/
#include "fledge_plugin.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HORIZON = 100 };
static const float time_step = 0.05f, greatest_force = 2.0f, rail = 3.0f;

/* The environment with its parameters. */
typedef struct {
  double mass;
  char specification[1024];
} cart_environment;

/* One world. */
typedef struct {
  float target, position, velocity;
} cart;

typedef struct {
  const cart_environment *environment;
  float target; /* of the episodes that are reset from now on */
  int32_t count;
  cart carts[];
} cart_worlds;

static void fail(fledge_error *error, const char *problem) {
  snprintf(error->message, error->capacity, "%s", problem);
}

/* The number behind a key of a flat JSON object; false where there is none. */
static bool find_number(const char *json, const char *key, double *value) {
  char quoted[64];
  snprintf(quoted, sizeof quoted, "\"%s\"", key);
  const char *place = strstr(json, quoted);
  if (!place) return false;
  place += strlen(quoted);
  place += strspn(place, " \t\n:");
  char *end;
  *value = strtod(place, &end);
  return end != place;
}

/* A uniform number in [0, 1) from a seed, by the finalizer of SplitMix64. */
static float uniform(uint64_t seed) {
  seed += 0x9E3779B97F4A7C15u;
  seed = (seed ^ (seed >> 30)) * 0xBF58476D1CE4E5B9u;
  seed = (seed ^ (seed >> 27)) * 0x94D049BB133111EBu;
  seed ^= seed >> 31;
  return (float)(seed >> 40) * 0x1p-24f;
}

static void *create(void *context, const char *parameters, fledge_error *error) {
  (void)context;
  cart_environment *environment = calloc(1, sizeof *environment);
  if (!environment) return NULL;
  environment->mass = 1;
  bool is_given = find_number(parameters, "mass", &environment->mass);
  if (!is_given && strcmp(parameters, "{}") != 0) {
    fail(error, "the only parameter is 'mass', a number");
  } else if (!(environment->mass >= 0.1 && environment->mass <= 10)) {
    fail(error, "'mass' has to be within 0.1 and 10 kg");
  } else {
    snprintf(environment->specification, sizeof environment->specification,
             "{\"observation\": [{\"name\": \"position\", \"unit\": \"m\", \"low\": -3, \"high\": 3},"
             " {\"name\": \"velocity\", \"unit\": \"m/s\"}],"
             " \"action\": {\"continuous\": [{\"name\": \"push\", \"low\": -1, \"high\": 1}]},"
             " \"horizon\": %d, \"parameters\": {\"mass\": %g}}",
             HORIZON, environment->mass);
    return environment;
  }
  free(environment);
  return NULL;
}

static const char *specification(void *environment) {
  return ((cart_environment *)environment)->specification;
}

static size_t sample_task(void *environment, int32_t split, uint64_t seed, char *task,
                          size_t capacity, fledge_error *error) {
  (void)environment, (void)error;
  /* Targets within 1 m; shifted ones between 1 and 2 m, on either side. */
  float place = 2 * uniform(seed) - 1;
  float target = split == FLEDGE_SHIFTED ? place + copysignf(1, place) : place;
  return (size_t)snprintf(task, capacity, "{\"target\": %.9g}", target);
}

static void *make_worlds(void *environment, int32_t count, fledge_error *error) {
  cart_worlds *worlds = calloc(1, sizeof *worlds + (size_t)count * sizeof(cart));
  if (!worlds) {
    fail(error, "there is no memory for so many worlds");
    return NULL;
  }
  worlds->environment = environment;
  worlds->count = count;
  return worlds;
}

static bool set_task(void *group, const char *task, fledge_error *error) {
  double target;
  if (!find_number(task, "target", &target) || !(fabs(target) <= rail)) {
    fail(error, "a task has a 'target' within 3 m");
    return false;
  }
  ((cart_worlds *)group)->target = (float)target;
  return true;
}

static void observe(const cart *cart, float *observation) {
  observation[0] = cart->position;
  observation[1] = cart->velocity;
}

static bool reset(void *group, int32_t rows, const int32_t *indices, const uint64_t *seeds,
                  float *observations, fledge_error *error) {
  (void)error;
  cart_worlds *worlds = group;
  for (int32_t row = 0; row < rows; row++) {
    cart *cart = &worlds->carts[indices[row]];
    cart->target = worlds->target;
    cart->position = 0.2f * uniform(seeds[row]) - 0.1f;
    cart->velocity = 0;
    observe(cart, observations + 2 * row);
  }
  return true;
}

static bool step(void *group, int32_t rows, const int32_t *indices, const float *actions,
                 float *observations, float *rewards, bool *terminated, fledge_error *error) {
  (void)error;
  cart_worlds *worlds = group;
  for (int32_t row = 0; row < rows; row++) {
    cart *cart = &worlds->carts[indices[row]];
    float push = fminf(fmaxf(actions[row], -1), 1);
    cart->velocity += time_step * greatest_force * push / (float)worlds->environment->mass;
    cart->position += time_step * cart->velocity;
    if (fabsf(cart->position) >= rail) {
      cart->position = copysignf(rail, cart->position);
      cart->velocity = 0;
    }
    observe(cart, observations + 2 * row);
    rewards[row] = -fabsf(cart->position - cart->target) - 0.05f * push * push;
    terminated[row] = false;
  }
  return true;
}

static size_t scene(void *group, int32_t index, char *text, size_t capacity, fledge_error *error) {
  (void)error;
  const cart *cart = &((cart_worlds *)group)->carts[index];
  return (size_t)snprintf(
      text, capacity,
      "{\"lowerBound\": [-3.2, -1], \"upperBound\": [3.2, 1], \"caption\": \"target at %.2f m\","
      " \"shapes\": [{\"points\": [[-3, -0.1], [3, -0.1]], \"radius\": 0.01, \"isClosed\": false,"
      " \"role\": \"obstacle\"}, {\"points\": [[%g, 0]], \"radius\": 0.05, \"isClosed\": false,"
      " \"role\": \"goal\"}, {\"points\": [[%g, -0.1], [%g, -0.1], [%g, 0.1], [%g, 0.1]],"
      " \"radius\": 0, \"isClosed\": true, \"role\": \"body\"}]}",
      cart->target, cart->target, cart->position - 0.15, cart->position + 0.15,
      cart->position + 0.15, cart->position - 0.15);
}

static const fledge_environment environment = {
    .name = "cart",
    .summary = "Stop a cart at a place on its rail that it is not told",
    .create = create,
    .destroy = free,
    .specification = specification,
    .sample_task = sample_task,
    .make_worlds = make_worlds,
    .free_worlds = free,
    .set_task = set_task,
    .reset = reset,
    .step = step,
    .scene = scene,
};

const fledge_plugin_contents *fledge_plugin(void) {
  static const fledge_plugin_contents contents = {FLEDGE_PLUGIN_VERSION, 1, &environment};
  return &contents;
}
