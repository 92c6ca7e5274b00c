/* Products of small matrices without packing, for processors on which OpenBLAS packs. */
#ifndef FLEDGE_SMALL_PRODUCTS_H
#define FLEDGE_SMALL_PRODUCTS_H

#include <stddef.h>

/* As fledge_product_f32, where there is a kernel for such sides; returns whether there is. */
int fledge_small_product_f32(int transposeA, int transposeB, size_t m, size_t n, size_t k,
                             const float *a, const float *b, int accumulate, float *c);

#endif
