/* A count of what the kernels do while somebody asks: products by their sides, and bytes that loops pass over. */
#include "CNumerics.h"

#include <pthread.h>
#include <string.h>

#include "census.h"

_Atomic int fledge_is_counting = 0;

enum { CAPACITY = 4096 };
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static fledge_product_count table[CAPACITY];
static size_t kinds;
static _Atomic uint64_t bytes;

void fledge_census_begin(void) {
  pthread_mutex_lock(&lock);
  kinds = 0;
  bytes = 0;
  fledge_is_counting = 1;
  pthread_mutex_unlock(&lock);
}

size_t fledge_census_end(fledge_product_count *counts, size_t capacity, uint64_t *passed) {
  pthread_mutex_lock(&lock);
  fledge_is_counting = 0;
  const size_t found = kinds < capacity ? kinds : capacity;
  memcpy(counts, table, found * sizeof *counts);
  *passed = bytes;
  pthread_mutex_unlock(&lock);
  return found;
}

void fledge_count_bytes(size_t count) { bytes += count; }

void fledge_count_product(int transposeA, int transposeB, int isDouble, size_t m, size_t n, size_t k) {
  const size_t width = isDouble ? sizeof(double) : sizeof(float);
  fledge_count_bytes((m * k + k * n + 2 * m * n) * width);
  pthread_mutex_lock(&lock);
  size_t i = 0;
  while (i < kinds && !(table[i].m == m && table[i].n == n && table[i].k == k &&
                        table[i].transpose_a == transposeA && table[i].transpose_b == transposeB &&
                        table[i].is_double == isDouble))
    i++;
  if (i == kinds && kinds < CAPACITY)
    table[kinds++] = (fledge_product_count){transposeA, transposeB, isDouble, m, n, k, 0};
  if (i < kinds) table[i].count++;
  pthread_mutex_unlock(&lock);
}
