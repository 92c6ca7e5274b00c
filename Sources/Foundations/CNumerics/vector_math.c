/* Elementary functions over arrays by SLEEF, in the widest form the processor has. The last, partial
 * vector goes through the same function from a padded copy, so that a value's result does not
 * depend on where in an array it stands. */
#include "CNumerics.h"

#include <string.h>

#include <sleef.h>

#if defined(__x86_64__)
#include <immintrin.h>

#define MAP(function, T, S, V, width, load, store, vectorFunction, isa)                            \
  __attribute__((target(isa))) static void function(size_t n, const T *a, T *out) {                \
    size_t i = 0;                                                                                  \
    for (; i + width <= n; i += width) store(out + i, vectorFunction(load(a + i)));                \
    if (i < n) {                                                                                   \
      T rest[width] = {0};                                                                         \
      memcpy(rest, a + i, (n - i) * sizeof(T));                                                    \
      store(rest, vectorFunction(load(rest)));                                                     \
      memcpy(out + i, rest, (n - i) * sizeof(T));                                                  \
    }                                                                                              \
  }

/* SLEEF's header declares the AVX2 forms only to files compiled for AVX2 throughout. */
#define DEFINE(name, f32, f64)                                                                     \
  __attribute__((target("avx2,fma"))) __m256 Sleef_##name##f8_##f32##avx2(__m256);                                                  \
  __attribute__((target("avx2,fma"))) __m256d Sleef_##name##d4_##f64##avx2(__m256d);                                                 \
  MAP(name##_f32_avx2, float, f32, __m256, 8, _mm256_loadu_ps, _mm256_storeu_ps,                   \
      Sleef_##name##f8_##f32##avx2, "avx2,fma")                                                    \
  MAP(name##_f64_avx2, double, f64, __m256d, 4, _mm256_loadu_pd, _mm256_storeu_pd,                 \
      Sleef_##name##d4_##f64##avx2, "avx2,fma")                                                    \
  MAP(name##_f32_sse2, float, f32, __m128, 4, _mm_loadu_ps, _mm_storeu_ps,                         \
      Sleef_##name##f4_##f32##sse2, "sse2")                                                        \
  MAP(name##_f64_sse2, double, f64, __m128d, 2, _mm_loadu_pd, _mm_storeu_pd,                       \
      Sleef_##name##d2_##f64##sse2, "sse2")                                                        \
  void fledge_##name##_f32(size_t n, const float *a, float *out) {                                 \
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))                           \
      name##_f32_avx2(n, a, out);                                                                  \
    else                                                                                           \
      name##_f32_sse2(n, a, out);                                                                  \
  }                                                                                                \
  void fledge_##name##_f64(size_t n, const double *a, double *out) {                               \
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))                           \
      name##_f64_avx2(n, a, out);                                                                  \
    else                                                                                           \
      name##_f64_sse2(n, a, out);                                                                  \
  }

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
