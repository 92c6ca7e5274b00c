/* Products of small matrices by kernels that LIBXSMM makes for their sides when they are first met. OpenBLAS packs such
 * matrices first, unless it has kernels of its own for them. */
#include "small_products.h"

#include "CNumerics.h"

#if defined(__x86_64__)

#include <libxsmm.h>

enum {
  WIDTH = 16,      /* Columns have to fill whole vectors. */
  LONGEST = 256,   /* The greatest side, so that kernels are few. */
  HELD = 32 * 1024 /* The numbers of the matrix that is passed over again and again: they stay in the cache. */
};

int fledge_has_kernels_for(size_t columns) {
  const libxsmm_blasint side = (libxsmm_blasint)columns;
  return columns > 0 && columns % WIDTH == 0 && columns <= LONGEST &&
         !fledge_has_small_products() &&
         libxsmm_smmdispatch(side, WIDTH, WIDTH, NULL, NULL, NULL, NULL, NULL, NULL, NULL) != NULL;
}

int fledge_small_product_f32(int transposeA, int transposeB, size_t m, size_t n, size_t k,
                             const float *a, const float *b, int accumulate, float *c) {
  if (transposeB || n % WIDTH != 0 || m > LONGEST || n > LONGEST || k > LONGEST) return 0;
  if ((transposeA ? m * n : n * k) > HELD || fledge_has_small_products()) return 0;
  /* LIBXSMM's columns are these rows: c^T = b^T a^T. */
  const libxsmm_blasint rows = (libxsmm_blasint)m, columns = (libxsmm_blasint)n,
                        inner = (libxsmm_blasint)k, strideA = transposeA ? rows : inner;
  const float one = 1, kept = accumulate ? 1 : 0;
  const int flags = transposeA ? LIBXSMM_GEMM_FLAG_TRANS_B : LIBXSMM_GEMM_FLAG_NONE;
  const libxsmm_smmfunction kernel = libxsmm_smmdispatch(
      columns, rows, inner, &columns, &strideA, &columns, &one, &kept, &flags, NULL);
  if (kernel == NULL) return 0;
  kernel(b, a, c);
  return 1;
}

#else

int fledge_has_kernels_for(size_t columns) { return 0; }

int fledge_small_product_f32(int transposeA, int transposeB, size_t m, size_t n, size_t k,
                             const float *a, const float *b, int accumulate, float *c) {
  return 0;
}

#endif
