#include "CNumericsRandom.h"

#include <math.h>
#include <string.h>

// The kernels bring their own logarithm, sine and cosine: the bits of a stream then depend neither
// on a library's version nor on the vector unit (clang also passes a 256-bit argument in memory
// unless the whole file is built for AVX, so SLEEF's 8-lane functions can't be called from here).
// A fused multiply-add would give AVX2 machines other bits than SSE2 ones.
#pragma STDC FP_CONTRACT OFF

#define PHILOX_ROUNDS 10
#define PHILOX_MULTIPLIER_0 0xD2511F53u
#define PHILOX_MULTIPLIER_1 0xCD9E8D57u
#define PHILOX_WEYL_0 0x9E3779B9u
#define PHILOX_WEYL_1 0xBB67AE85u

// Four lanes: what every machine has.

#define LANES 4
#define NAME(x) four_##x
#define TARGET
#define INTERLEAVE(a, b) __builtin_shufflevector(a, b, 0, 4, 1, 5, 2, 6, 3, 7)
#define INTERLEAVE_PAIRS(a, b) \
  __builtin_shufflevector(a, b, 0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15)
#include "random_kernel.h"
#undef LANES
#undef NAME
#undef TARGET
#undef INTERLEAVE
#undef INTERLEAVE_PAIRS

// Eight lanes, where the machine has them.

#if defined(__x86_64__)
#define LANES 8
#define NAME(x) eight_##x
#define TARGET __attribute__((target("avx2")))
#define INTERLEAVE(a, b) \
  __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11, 4, 12, 5, 13, 6, 14, 7, 15)
#define INTERLEAVE_PAIRS(a, b)                                                                  \
  __builtin_shufflevector(                                                                      \
      a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23, 8, 9, 24, 25, 10, 11, 26,    \
      27, 12, 13, 28, 29, 14, 15, 30, 31)
#include "random_kernel.h"

static int has_eight_lanes(void) { return __builtin_cpu_supports("avx2"); }
#else
static void eight_uniform(
    fledge_philox_stream stream, uint64_t block, float low, float high, float *values) {
  four_uniform(stream, block, low, high, values);
  four_uniform(stream, block + 4, low, high, values + 16);
}
static void eight_normal(fledge_philox_stream stream, uint64_t block, float *values) {
  four_normal(stream, block, values);
  four_normal(stream, block + 4, values + 16);
}
static int has_eight_lanes(void) { return 0; }
#endif

// A chunk is what one kernel call writes; only the first and the last of a fill may be partial.
// Whole chunks go straight into the caller's memory, partial ones by way of `chunk`.
#define FILL(CHUNK, KERNEL)                                                \
  do {                                                                     \
    uint64_t block = position / 4;                                         \
    size_t skip = (size_t)(position % 4);                                  \
    while (count > 0) {                                                    \
      size_t taken = CHUNK - skip < count ? CHUNK - skip : count;          \
      float *target = taken == CHUNK ? values : chunk;                     \
      KERNEL;                                                              \
      if (target == chunk) memcpy(values, chunk + skip, 4 * taken);        \
      values += taken;                                                     \
      count -= taken;                                                      \
      block += CHUNK / 4;                                                  \
      skip = 0;                                                            \
    }                                                                      \
  } while (0)

void fledge_philox_uniform_f32(
    fledge_philox_stream stream, uint64_t position, float low, float high, float *values,
    size_t count) {
  float chunk[32];
  if (count > 12 && has_eight_lanes())
    FILL(32, eight_uniform(stream, block, low, high, target));
  else
    FILL(16, four_uniform(stream, block, low, high, target));
}

void fledge_philox_normal_f32(
    fledge_philox_stream stream, uint64_t position, float *values, size_t count) {
  float chunk[32];
  if (count > 12 && has_eight_lanes())
    FILL(32, eight_normal(stream, block, target));
  else
    FILL(16, four_normal(stream, block, target));
}

/// Word `position` and its successor inside a block; the position is even.
static void word_pair(fledge_philox_stream stream, uint64_t position, uint32_t pair[2]) {
  four_blocks blocks = four_philox(stream, position / 4);
  int first = (int)(position % 4);
  pair[0] = blocks.word[first][0];
  pair[1] = blocks.word[first + 1][0];
}

void fledge_philox_uniform_f64(
    fledge_philox_stream stream, uint64_t position, double low, double high, double *values,
    size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t at = position + i;
    uint32_t pair[2];
    word_pair(stream, at & ~(uint64_t)1, pair);
    values[i] = fmin(low + (high - low) * ((double)pair[at & 1] * 0x1p-32), high);
  }
}

void fledge_philox_normal_f64(
    fledge_philox_stream stream, uint64_t position, double *values, size_t count) {
  for (size_t i = 0; i < count; i++) {
    uint64_t at = position + i;
    uint32_t pair[2];
    word_pair(stream, at & ~(uint64_t)1, pair);
    double radius = sqrt(-2.0 * log((double)(pair[0] >> 1) * 0x1p-31 + 0x1p-32));
    double angle = (double)(int32_t)pair[1] * (3.14159265358979323846 * 0x1p-31);
    values[i] = radius * ((at & 1) ? sin(angle) : cos(angle));
  }
}
