/* Box2D reads the clock some fifteen times a step for a profile that nobody here looks at: a sixth
 * of the time of a small world. The library calls its timer through the dynamic linker, so these
 * definitions take the place of its own where they are linked into the program; a plugin that
 * brings a second copy keeps the slow ones. */
#include <box2d/b2_timer.h>

b2Timer::b2Timer() {}

void b2Timer::Reset() {}

float b2Timer::GetMilliseconds() const { return 0.0f; }
