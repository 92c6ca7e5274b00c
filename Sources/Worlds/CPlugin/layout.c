#include "fledge_plugin.h"

/* A library built before must find every field where it was. */
_Static_assert(sizeof(fledge_error) == 24, "the layout is part of the interface");
_Static_assert(offsetof(fledge_environment, outcome) == 13 * sizeof(void *),
               "version 1 ends there, and lists its environments that far apart");
_Static_assert(offsetof(fledge_plugin_contents, environments) == 8,
               "the layout is part of the interface");
