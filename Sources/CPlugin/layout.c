#include "fledge_plugin.h"

/* A library built before must find every field where it was. */
_Static_assert(sizeof(fledge_error) == 24, "the layout is part of the interface");
_Static_assert(sizeof(fledge_environment) == 13 * sizeof(void *),
               "the layout is part of the interface");
_Static_assert(offsetof(fledge_plugin_contents, environments) == 8,
               "the layout is part of the interface");
