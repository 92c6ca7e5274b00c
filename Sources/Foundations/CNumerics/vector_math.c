/* Elementary functions over arrays by SLEEF, in the widest form the processor has. The last, partial
 * vector goes through the same function from a padded copy, so that a value's result does not
 * depend on where in an array it stands. */
#include "CNumerics.h"
#include "census.h"

#include <string.h>

#include <sleef.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define MAP(function, T, V, width, load, store, vectorFunction, isa)                               \
  __attribute__((target(isa))) static void function(size_t n, const T *a, T *out) {                \
    PASSES_OF(T, 2, n);                                                                            \
    size_t i = 0;                                                                                  \
    for (; i + width <= n; i += width) store(out + i, vectorFunction(load(a + i)));                \
    if (i < n) {                                                                                   \
      T rest[width] = {0};                                                                         \
      memcpy(rest, a + i, (n - i) * sizeof(T));                                                    \
      store(rest, vectorFunction(load(rest)));                                                     \
      memcpy(out + i, rest, (n - i) * sizeof(T));                                                  \
    }                                                                                              \
  }

/* SLEEF's header declares the wide forms only to files compiled for them throughout. */
#define DEFINE(name, f32, f64)                                                                     \
  DEFINE_FOR(name, f32, float, __m512, 16, f16, ps, __m256, 8, f8, __m128, 4, f4)                  \
  DEFINE_FOR(name, f64, double, __m512d, 8, d8, pd, __m256d, 4, d4, __m128d, 2, d2)

#define DEFINE_FOR(name, accuracy, T, V512, w512, s512, suffix, V256, w256, s256, V128, w128, s128) \
  __attribute__((target("avx512f"))) V512 Sleef_##name##s512##_##accuracy##avx512f(V512);          \
  __attribute__((target("avx2,fma"))) V256 Sleef_##name##s256##_##accuracy##avx2(V256);            \
  MAP(name##_##T##_avx512, T, V512, w512, _mm512_loadu_##suffix, _mm512_storeu_##suffix,           \
      Sleef_##name##s512##_##accuracy##avx512f, "avx512f")                                         \
  MAP(name##_##T##_avx2, T, V256, w256, _mm256_loadu_##suffix, _mm256_storeu_##suffix,             \
      Sleef_##name##s256##_##accuracy##avx2, "avx2,fma")                                           \
  MAP(name##_##T##_sse2, T, V128, w128, _mm_loadu_##suffix, _mm_storeu_##suffix,                   \
      Sleef_##name##s128##_##accuracy##sse2, "sse2")                                               \
  PUBLIC(name, T) {                                                                                \
    if (__builtin_cpu_supports("avx512f"))                                                         \
      name##_##T##_avx512(n, a, out);                                                              \
    else if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))                      \
      name##_##T##_avx2(n, a, out);                                                                \
    else                                                                                           \
      name##_##T##_sse2(n, a, out);                                                                \
  }

#define PUBLIC(name, T) PUBLIC_##T(name)
#define PUBLIC_float(name) void fledge_##name##_f32(size_t n, const float *a, float *out)
#define PUBLIC_double(name) void fledge_##name##_f64(size_t n, const double *a, double *out)

#else

#define DEFINE(name, f32, f64)                                                                     \
  void fledge_##name##_f32(size_t n, const float *a, float *out) {                                 \
    for (size_t i = 0; i < n; i++) out[i] = Sleef_##name##f_##f32(a[i]);                           \
  }                                                                                                \
  void fledge_##name##_f64(size_t n, const double *a, double *out) {                               \
    for (size_t i = 0; i < n; i++) out[i] = Sleef_##name##_##f64(a[i]);                            \
  }

#endif

/* float tanh and log at 3.5 units in the last place are far cheaper than at 1, and accurate enough
 * to train with; double, which verifies, takes the accurate ones. */
DEFINE(tanh, u35, u10)
DEFINE(exp, u10, u10)
DEFINE(log, u35, u10)
DEFINE(expm1, u10, u10)
DEFINE(erf, u10, u10)
