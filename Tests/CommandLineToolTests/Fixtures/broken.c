/* The cart, broken in the way that FAULT names. */
#define fledge_plugin sound_plugin
#include "cart.c"
#undef fledge_plugin

enum { SOUND, NOT_A_NUMBER, TOO_WIDE, ERROR_IN_STEP, ERROR_IN_RESET, NO_REASON, NEWER_VERSION,
       MISSING_FUNCTION, NO_ENVIRONMENTS, NOTHING, NO_JSON, NO_BOUNDS, NO_TASK, ENDLESS_MESSAGE };

#ifdef DELAY
#include <unistd.h>
#endif
#ifndef SCALE
#define SCALE 1
#endif

/* Steps of the whole process until a fault that comes late. */
static int steps_left = 20000;

static bool broken_step(void *group, int32_t rows, const int32_t *indices, const float *actions,
                        float *observations, float *rewards, bool *terminated,
                        fledge_error *error) {
  bool done = step(group, rows, indices, actions, observations, rewards, terminated, error);
  for (int32_t row = 0; row < rows; row++) rewards[row] *= SCALE;
  steps_left -= rows;
  if (steps_left > 0) return done;
  switch (FAULT) {
    case NOT_A_NUMBER: observations[1] = NAN; return true;
    case TOO_WIDE: observations[2 * rows] = 0; return true;
    case ERROR_IN_STEP:
      error->row = rows - 1;
      fail(error, "the rail\nis broken");
      return false;
    case NO_REASON: return false;
    case ENDLESS_MESSAGE: memset(error->message, 'x', error->capacity); return false;
    default: return done;
  }
}

static bool broken_reset(void *group, int32_t rows, const int32_t *indices, const uint64_t *seeds,
                         float *observations, fledge_error *error) {
  if (FAULT == ERROR_IN_RESET && steps_left < 2000) {
    error->row = 1;
    fail(error, "no cart is left");
    return false;
  }
  return reset(group, rows, indices, seeds, observations, error);
}

static const char *broken_specification(void *environment) {
  if (FAULT == NO_JSON) return "horizon: 100";
  if (FAULT == NO_BOUNDS)
    return "{\"observation\": [{\"name\": \"x\"}], \"horizon\": 9,"
           " \"action\": {\"continuous\": [{\"name\": \"push\"}]}}";
  return specification(environment);
}

static size_t broken_sample_task(void *environment, int32_t split, uint64_t seed, char *task,
                                 size_t capacity, fledge_error *error) {
  if (FAULT == NO_TASK) return (size_t)snprintf(task, capacity, "target 1");
  return sample_task(environment, split, seed, task, capacity, error);
}

const fledge_plugin_contents *fledge_plugin(void) {
#ifdef DELAY
  sleep(DELAY);
#endif
  static fledge_environment broken;
  static fledge_plugin_contents contents = {FLEDGE_PLUGIN_VERSION, 1, &broken};
  broken = environment;
  broken.step = FAULT == MISSING_FUNCTION ? NULL : broken_step;
  broken.reset = broken_reset;
  broken.specification = broken_specification;
  broken.sample_task = broken_sample_task;
  if (FAULT == NEWER_VERSION) contents.version = FLEDGE_PLUGIN_VERSION + 1;
  if (FAULT == NO_ENVIRONMENTS) contents.count = 0;
  return FAULT == NOTHING ? NULL : &contents;
}
