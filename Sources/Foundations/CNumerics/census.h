/* What kernels tell the census of; nothing but a look at a number while nobody counts. */
#ifndef FLEDGE_CENSUS_H
#define FLEDGE_CENSUS_H

#include <stdatomic.h>
#include <stddef.h>

extern _Atomic int fledge_is_counting;
void fledge_count_bytes(size_t count);
void fledge_count_product(int transposeA, int transposeB, int isDouble, size_t m, size_t n, size_t k);

/* A loop passes over so many arrays of n numbers of a type, or of type T. */
#define PASSES_OF(type, arrays, n)                                                                 \
  if (atomic_load_explicit(&fledge_is_counting, memory_order_relaxed))                             \
  fledge_count_bytes((size_t)(arrays) * (n) * sizeof(type))
#define PASSES(arrays, n) PASSES_OF(T, arrays, n)

#endif
