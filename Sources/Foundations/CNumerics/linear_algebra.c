#include "CNumerics.h"

void dposv_(const char *uplo, const int *n, const int *nrhs, double *a, const int *lda, double *b,
            const int *ldb, int *info);

int fledge_solve_positive_definite(int n, double *a, double *b) {
  int one = 1, info = 0;
  dposv_("L", &n, &one, a, &n, b, &n, &info);
  return info;
}
