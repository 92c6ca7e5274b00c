/* The kernels, once for float and once for double. The compiler writes each loop twice, for the
 * baseline processor and for AVX2 with FMA, and the loader picks one: no flags in the manifest. */
#include "CNumerics.h"
#include "census.h"
#include "small_products.h"

#include <cblas.h>
#include <math.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

// The loader picks before the thread sanitizer is ready to watch it.
#if defined(__x86_64__) && !__has_feature(thread_sanitizer)
#define VECTORIZED __attribute__((target_clones("arch=x86-64-v3", "default")))
#else
#define VECTORIZED
#endif

/* Two arrays in and one out, as most have it. */
#define ELEMENTWISE(expression)                                                                    \
  PASSES(3, n);                                                                                    \
  for (size_t i = 0; i < n; i++) out[i] = (expression)
#define ELEMENTWISE_OR_ADDED(expression)                                                           \
  PASSES(3, n);                                                                                    \
  if (accumulate)                                                                                  \
    for (size_t i = 0; i < n; i++) out[i] += (expression);                                         \
  else                                                                                             \
    for (size_t i = 0; i < n; i++) out[i] = (expression)

int fledge_has_small_products(void) {
  static const char *const names[] = {"SkylakeX", "Cooperlake", "SapphireRapids"};
  static _Atomic int known = -1;
  if (known < 0) {
    int found = 0;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
      found |= strcasecmp(openblas_get_corename(), names[i]) == 0;
    known = found;
  }
  return known;
}

#define T float
#define NAME(x) fledge_##x##_f32
#define GEMM cblas_sgemm
#define SMALL_PRODUCT fledge_small_product_f32
#define TRANSPOSE cblas_somatcopy
#include "kernels.inc"
#include "activations.inc"
#include "images.inc"
#include "normalization.inc"
#undef T
#undef NAME
#undef GEMM
#undef SMALL_PRODUCT
#undef TRANSPOSE

#define T double
#define NAME(x) fledge_##x##_f64
#define GEMM cblas_dgemm
#define SMALL_PRODUCT(...) 0
#define TRANSPOSE cblas_domatcopy
#include "kernels.inc"
#include "activations.inc"
#include "images.inc"
#include "normalization.inc"
