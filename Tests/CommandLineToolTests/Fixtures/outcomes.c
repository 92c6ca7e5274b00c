/* Two carts whose episodes are cut off after five steps, and succeed by the third; or, with FIRST_VERSION, as a
   library of the interface's first version lists them, which could tell neither. */
#define fledge_plugin sound_plugin
#include "cart.c"
#undef fledge_plugin

/* Of one thread's worlds at a time: how many steps each has taken, and who was stepped last. */
static int ages[4096];
static int32_t stepped[4096];

static bool counted_reset(void *group, int32_t rows, const int32_t *indices, const uint64_t *seeds,
                          float *observations, fledge_error *error) {
  for (int32_t row = 0; row < rows; row++) ages[indices[row]] = 0;
  return reset(group, rows, indices, seeds, observations, error);
}

static bool counted_step(void *group, int32_t rows, const int32_t *indices, const float *actions,
                         float *observations, float *rewards, bool *terminated,
                         fledge_error *error) {
  for (int32_t row = 0; row < rows; row++) {
    stepped[row] = indices[row];
    ages[indices[row]]++;
  }
  return step(group, rows, indices, actions, observations, rewards, terminated, error);
}

#ifndef FIRST_VERSION
static uint8_t outcome(void *group, int32_t row) {
  int age = ages[stepped[row]];
  return FLEDGE_TELLS_SUCCESS | (age >= 3 ? FLEDGE_SUCCEEDED : 0) | (age == 5 ? FLEDGE_TRUNCATED : 0);
}
#endif

const fledge_plugin_contents *fledge_plugin(void) {
  static fledge_environment carts[2];
  static fledge_plugin_contents contents = {FLEDGE_PLUGIN_VERSION, 2, carts};
  for (int i = 0; i < 2; i++) {
    carts[i] = environment;
    carts[i].reset = counted_reset;
    carts[i].step = counted_step;
  }
  carts[1].name = "second-cart";
#ifdef FIRST_VERSION
  static char list[2 * offsetof(fledge_environment, outcome)];
  for (int i = 0; i < 2; i++) memcpy(list + i * sizeof(list) / 2, &carts[i], sizeof(list) / 2);
  contents.version = 1;
  contents.environments = (const fledge_environment *)list;
#else
  carts[0].outcome = carts[1].outcome = outcome;
#endif
  return &contents;
}
