#include "CNumerics.h"

void dposv_(const char *uplo, const int *n, const int *nrhs, double *a, const int *lda, double *b,
            const int *ldb, int *info);

int fledge_solve_positive_definite(int n, double *a, double *b) {
  int one = 1, info = 0;
  dposv_("L", &n, &one, a, &n, b, &n, &info);
  return info;
}

void dgeqrf_(const int *m, const int *n, double *a, const int *lda, double *tau, double *work,
             const int *lwork, int *info);
void dorgqr_(const int *m, const int *n, const int *k, double *a, const int *lda, const double *tau,
             double *work, const int *lwork, int *info);

void fledge_orthonormalize(int n, double *a, double *scratch) {
  /* LAPACK's columns are these rows. */
  double *tau = scratch, *signs = scratch + n, *work = scratch + 2 * n;
  int length = 64 * n, info = 0;
  dgeqrf_(&n, &n, a, &n, tau, work, &length, &info);
  for (int i = 0; i < n; i++) signs[i] = a[(size_t)i * n + i] < 0 ? -1 : 1;
  dorgqr_(&n, &n, &n, a, &n, tau, work, &length, &info);
  for (int i = 0; i < n; i++)
    for (int j = 0; j < n; j++) a[(size_t)i * n + j] *= signs[i];
}
