#include "CNumerics.h"

#include <cblas.h>
#include <malloc.h>

/* Ends the threads that OpenBLAS has begun; builds without threads of their own don't have it. */
extern int blas_thread_shutdown_(void) __attribute__((weak));

/* One thread a product, in every process that has these kernels: teams share work over tasks, so that sums keep their
   order, and OpenBLAS's own threads can wait for each other for ever where several threads call it. */
__attribute__((constructor)) static void use_one_thread_a_product(void) {
  openblas_set_num_threads(1);
  if (blas_thread_shutdown_) blas_thread_shutdown_();
}

void fledge_prepare_process(void) {
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_TOP_PAD, 16 << 20);
}

size_t fledge_bytes_in_use(void) {
  struct mallinfo2 all = mallinfo2();
  return all.uordblks + all.hblkhd;
}

int fledge_blas_threads(void) { return openblas_get_num_threads(); }

const char *fledge_blas_description(void) { return openblas_get_config(); }

const char *fledge_vector_units(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return "AVX-512 (loops use AVX2 with FMA)";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "AVX2 with FMA";
  return "SSE2";
#else
  return "scalar";
#endif
}
