/* The kernels, once for float and once for double. The compiler writes each loop twice, for the
 * baseline processor and for AVX2 with FMA, and the loader picks one: no flags in the manifest. */
#include "CNumerics.h"

#include <cblas.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

// The loader picks before the thread sanitizer is ready to watch it.
#if defined(__x86_64__) && !__has_feature(thread_sanitizer)
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define VECTORIZED
#endif

#define ELEMENTWISE(expression)                                                                    \
  for (size_t i = 0; i < n; i++) out[i] = (expression)
#define ELEMENTWISE_OR_ADDED(expression)                                                           \
  if (accumulate)                                                                                  \
    for (size_t i = 0; i < n; i++) out[i] += (expression);                                         \
  else                                                                                             \
    for (size_t i = 0; i < n; i++) out[i] = (expression)

#define T float
#define NAME(x) fledge_##x##_f32
#define GEMM cblas_sgemm
#include "kernels.inc"
#include "activations.inc"
#include "images.inc"
#include "normalization.inc"
#undef T
#undef NAME
#undef GEMM

#define T double
#define NAME(x) fledge_##x##_f64
#define GEMM cblas_dgemm
#include "kernels.inc"
#include "activations.inc"
#include "images.inc"
#include "normalization.inc"
