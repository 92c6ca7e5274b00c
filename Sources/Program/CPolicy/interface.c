/* The interface of policies in other programs is a header alone. */
#include "fledge_policy.h"
