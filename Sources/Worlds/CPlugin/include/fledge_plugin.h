/* Environments for Fledge from a shared library, in any language that can speak C.

   A library exports one function, fledge_plugin(), which lists its environments. `fledge` loads it
   with --plugin PATH. The interface is vectorized: a call resets or steps many worlds, so that it
   costs little however simple a world is. Texts are UTF-8 and end with a zero byte; tasks, parameters
   and specifications are JSON, so that they can be recorded and read back.

   Errors: a function that can fail writes one line to error->message, with snprintf for example, and
   returns false, NULL or 0. It never ends the process.

   Threads: functions are called from several threads at once, but never for the same worlds.
*/
#ifndef FLEDGE_PLUGIN_H
#define FLEDGE_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grows whenever the interface does. Libraries that were built with version 1 still load. */
#define FLEDGE_PLUGIN_VERSION 2

/* Where a failing function says what was wrong and what would be right. */
typedef struct {
  char *message;   /* receives one line of text */
  size_t capacity; /* bytes of message, the zero byte included */
  int32_t row;     /* the row at fault, set by reset and step if they know it; -1 before */
} fledge_error;

/* Which part of the tasks is drawn from. Shifted tasks lie outside of the training range. */
enum { FLEDGE_TRAIN = 0, FLEDGE_VALIDATION = 1, FLEDGE_TEST = 2, FLEDGE_SHIFTED = 3 };

/* What a step tells of its episode, beside whether it terminated. An episode that is truncated ends though it
   would go on: what would have come counts. Success is that of the episode, should it end here. */
enum { FLEDGE_TRUNCATED = 2, FLEDGE_TELLS_SUCCESS = 4, FLEDGE_SUCCEEDED = 8 };

/* One environment: functions over an environment with its parameters (`environment`), and over groups
   of worlds (`worlds`). Both are pointers to whatever the library likes. */
typedef struct {
  const char *name;    /* lower-case words joined by hyphens */
  const char *summary; /* one line on what is to be done */
  void *context;       /* handed to create */

  /* Makes the environment with the given parameters, a JSON object of those that differ from their
     defaults: `{}` in most cases. NULL is a failure. */
  void *(*create)(void *context, const char *parameters, fledge_error *error);
  void (*destroy)(void *environment);

  /* Describes it as JSON, in memory that lives as long as the environment:

       {"observation": [{"name": "x", "unit": "m", "low": -10, "high": 10}, {"name": "dx"}],
        "action": {"continuous": [{"name": "push", "unit": "N", "low": -1, "high": 1}]},
        "horizon": 100, "startsVary": true, "terminationIsSuccess": false,
        "taskUnits": {"target": "m"}, "parameters": {"mass": 1}}

     Left out, a unit is 1, a bound of an observation infinite, startsVary true, terminationIsSuccess
     false, and parameters empty. `taskUnits` has units of a task's numbers, by key path. Actions need bounds; discrete ones are listed by name, {"discrete": ["left", "right"]}, and
     arrive as one float, the index. `parameters` are all of them, with defaults filled in. */
  const char *(*specification)(void *environment);

  /* Draws a task of a split, from the seed alone, and writes it as JSON like snprintf: returns its
     length without the zero byte, also where the capacity is too small for it. 0 is a failure. */
  size_t (*sample_task)(void *environment, int32_t split, uint64_t seed, char *task,
                        size_t capacity, fledge_error *error);

  /* Makes worlds. NULL is a failure. */
  void *(*make_worlds)(void *environment, int32_t count, fledge_error *error);
  void (*free_worlds)(void *worlds);

  /* Sets the task of the episodes that are reset from now on; others go on with theirs. The task is
     as sample_task wrote it, or read from a file: one that doesn't hold is a failure. */
  bool (*set_task)(void *worlds, const char *task, fledge_error *error);

  /* Starts an episode in each of `rows` worlds: row i is the world indices[i], whose episode follows
     from the task, seeds[i] and its actions alone. observations: [row, component]. */
  bool (*reset)(void *worlds, int32_t rows, const int32_t *indices, const uint64_t *seeds,
                float *observations, fledge_error *error);

  /* Takes one step in each of `rows` worlds. actions: [row, component], in the units of their bounds. A
     policy may draw some from beyond the bounds: clip them where you need to. A step terminates an episode by the environment's own rule; the time limit
     is the framework's. rewards, terminated: [row]. */
  bool (*step)(void *worlds, int32_t rows, const int32_t *indices, const float *actions,
               float *observations, float *rewards, bool *terminated, fledge_error *error);

  /* Shows a world as it is now, for pictures: shapes in a plane in m, the first one behind. May be NULL,
     and returns like sample_task. A role is obstacle, body, limb, farLimb, goal, region, ray or change.

       {"lowerBound": [-1, -1], "upperBound": [1, 1], "caption": "goal at 0.5 m",
        "shapes": [{"points": [[0, 0]], "radius": 0.1, "isClosed": false, "role": "body"}]} */
  size_t (*scene)(void *worlds, int32_t index, char *scene, size_t capacity, fledge_error *error);

  /* Since version 2. What the last step told of the episode in its row `row`, as the sum of the values above.
     May be NULL: then every episode goes on until it terminates or the time limit, and nothing is said of
     success but by terminationIsSuccess. */
  uint8_t (*outcome)(void *worlds, int32_t row);
} fledge_environment;

/* What a library offers. */
typedef struct {
  uint32_t version; /* FLEDGE_PLUGIN_VERSION */
  int32_t count;
  const fledge_environment *environments; /* [count], alive as long as the library is loaded */
} fledge_plugin_contents;

/* The one function that a library exports. */
typedef const fledge_plugin_contents *(*fledge_plugin_function)(void);

#ifdef __cplusplus
}
#endif

#endif
