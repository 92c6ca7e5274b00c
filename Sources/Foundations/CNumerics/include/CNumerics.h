/* C entry points to linear algebra and vector math.
 *
 * Matrices are row-major and contiguous. Every function exists for float (`_f32`) and double
 * (`_f64`). Reductions run in a fixed order, so equal inputs give equal bits on one machine.
 * `accumulate` != 0 adds the result to what the output holds instead of replacing it. */
#ifndef FLEDGE_CNUMERICS_H
#define FLEDGE_CNUMERICS_H

#include <stddef.h>
#include <stdint.h>

#include "CNumericsRandom.h"

/* Gives this process a heap that keeps freed blocks, because fresh pages cost more than the arithmetic done in them. */
void fledge_prepare_process(void);
/* The threads that OpenBLAS takes for a product: 1 in every process that has these kernels. */
int fledge_blas_threads(void);

/* Bytes that the whole process has allocated and not freed. */
size_t fledge_bytes_in_use(void);

/* Names the linear algebra build and the vector units in use; static storage. */
const char *fledge_blas_description(void);
const char *fledge_vector_units(void);

/* Square windows moved over images, [image][row][column][channel]; `stride` apart, over a border of
 * `padding` zeros. */
typedef struct {
  size_t images, height, width, channels;
  size_t side, stride, padding;
  size_t output_height, output_width;
} fledge_windows;

/* Products c[m x n] = op(a)[m x k] op(b)[k x n] of one kind, and how many there were. */
typedef struct {
  int transpose_a, transpose_b, is_double;
  size_t m, n, k;
  uint64_t count;
} fledge_product_count;

/* From here on all threads' products are counted, and the bytes that loops and products pass over. */
void fledge_census_begin(void);
/* Ends it, and gives what was counted: at most `capacity` kinds of products, as many as it returns. */
size_t fledge_census_end(fledge_product_count *counts, size_t capacity, uint64_t *bytes);

/* Whether OpenBLAS multiplies small matrices without packing them first: its kernels for AVX-512 do. */
int fledge_has_small_products(void);
/* Whether products with so many columns have kernels that are made for them, where OpenBLAS would pack. */
int fledge_has_kernels_for(size_t columns);

#define FLEDGE_DECLARE(T, S)                                                                       \
  /* c[m x n] = (accumulate ? c : 0) + op(a)[m x k] op(b)[k x n], op transposing where asked */    \
  void fledge_product_##S(int transposeA, int transposeB, size_t m, size_t n, size_t k,            \
                          const T *a, const T *b, int accumulate, T *c);                           \
  /* out[columns x rows] = a[rows x columns], its rows as columns */                               \
  void fledge_transpose_##S(size_t rows, size_t columns, const T *a, T *out);                      \
  void fledge_add_##S(size_t n, const T *a, const T *b, T *out);                                   \
  void fledge_subtract_##S(size_t n, const T *a, const T *b, T *out);                              \
  void fledge_multiply_##S(size_t n, const T *a, const T *b, T *out, int accumulate);              \
  void fledge_divide_##S(size_t n, const T *a, const T *b, T *out);                                \
  void fledge_minimum_##S(size_t n, const T *a, const T *b, T *out);                               \
  void fledge_scale_##S(size_t n, T factor, const T *a, T *out, int accumulate);                   \
  /* out = factor a b c */                                                                         \
  void fledge_triple_product_##S(size_t n, T factor, const T *a, const T *b, const T *c, T *out,   \
                                 int accumulate);                                                  \
  void fledge_tanh_##S(size_t n, const T *a, T *out);                                              \
  void fledge_exp_##S(size_t n, const T *a, T *out);                                               \
  void fledge_log_##S(size_t n, const T *a, T *out);                                               \
  void fledge_expm1_##S(size_t n, const T *a, T *out);                                             \
  void fledge_erf_##S(size_t n, const T *a, T *out);                                               \
  /* out = c (1 - h h) */                                                                          \
  void fledge_tanh_slope_##S(size_t n, const T *h, const T *c, T *out, int accumulate);            \
  /* out = dc (1 - h h) - 2 h e dz: how tanh_slope's value e moves with c and with h = tanh z */        \
  void fledge_tanh_slope_tangent_##S(size_t n, const T *h, const T *e, const T *dc, const T *dz,   \
                                     T *out);                                                      \
  /* out = fresh + update (before - fresh) */                                                      \
  void fledge_gated_blend_##S(size_t n, const T *update, const T *fresh, const T *before, T *out); \
  /* Of gated recurrent units with their gates, sums = h Un + cn and before = h, from the gradient  \
   * with respect to them, cotangent + carry: that with respect to the sums in the gates and to     \
   * h Un + cn; carry becomes what goes to h past all products. */                                 \
  void fledge_gated_slopes_##S(size_t n, const T *reset, const T *update, const T *fresh,          \
                               const T *sums, const T *before, const T *cotangent, T *carry,       \
                               T *to_reset, T *to_update, T *to_fresh, T *to_sums);                \
  void fledge_relu_##S(size_t n, const T *a, T *out);                                              \
  /* out = h > 0 ? c : 0 */                                                                        \
  void fledge_gate_##S(size_t n, const T *h, const T *c, T *out, int accumulate);                  \
  /* out = a < 0 ? a / 100 : a */                                                                  \
  void fledge_leaky_relu_##S(size_t n, const T *a, T *out);                                        \
  /* out = h > 0 ? c : c / 100 */                                                                  \
  void fledge_leaky_gate_##S(size_t n, const T *h, const T *c, T *out, int accumulate);            \
  /* out = a < 0 ? exp a - 1 : a */                                                                \
  void fledge_elu_##S(size_t n, const T *a, T *out);                                               \
  /* out = h < 0 ? c (1 + h) : c */                                                                \
  void fledge_elu_slope_##S(size_t n, const T *h, const T *c, T *out, int accumulate);             \
  /* how elu_slope's value e moves with c and with h = elu z */                                    \
  void fledge_elu_slope_tangent_##S(size_t n, const T *h, const T *e, const T *dc, const T *dz,    \
                                    T *out);                                                       \
  /* out = 1 / (1 + exp -a) */                                                                     \
  void fledge_logistic_##S(size_t n, const T *a, T *out);                                          \
  /* the distribution function of the standard normal distribution */                              \
  void fledge_normal_distribution_##S(size_t n, const T *a, T *out);                               \
  /* out = a logistic(a), and its first and second derivative */                                   \
  void fledge_silu_##S(size_t n, const T *a, T *out);                                              \
  void fledge_silu_derivatives_##S(size_t n, const T *a, T *slope, T *bend);                       \
  /* out = a normal_distribution(a), and its first and second derivative */                        \
  void fledge_gelu_##S(size_t n, const T *a, T *out);                                              \
  void fledge_gelu_derivatives_##S(size_t n, const T *a, T *slope, T *bend);                       \
  void fledge_broadcast_rows_##S(size_t rows, size_t columns, const T *row, T *out);               \
  void fledge_sum_over_rows_##S(size_t rows, size_t columns, const T *a, T *out, int accumulate);  \
  void fledge_broadcast_columns_##S(size_t rows, size_t columns, const T *column, T *out);         \
  void fledge_sum_over_columns_##S(size_t rows, size_t columns, const T *a, T *out);               \
  void fledge_maximum_over_columns_##S(size_t rows, size_t columns, const T *a, T *out);           \
  /* out[row * stride] += a[row] . b[row] */                                                       \
  void fledge_add_row_dots_##S(size_t rows, size_t columns, const T *a, const T *b, size_t stride, \
                               T *out);                                                            \
  /* out[row] = factors[row * stride] a[row] */                                                    \
  void fledge_scale_rows_##S(size_t rows, size_t columns, const T *factors, size_t stride,         \
                             const T *a, T *out, int accumulate);                                  \
  T fledge_dot_##S(size_t n, const T *a, const T *b);                                              \
  /* out[row] = a[row] + shifts */                                                                 \
  void fledge_add_row_##S(size_t rows, size_t columns, const T *shifts, const T *a, T *out);       \
  /* out[row] = a[row] factors + shifts, element by element; shifts may be NULL */                 \
  void fledge_scale_columns_##S(size_t rows, size_t columns, const T *factors, const T *shifts,    \
                                const T *a, T *out, int accumulate);                               \
  /* out[column] = a[:, column] . b[:, column] */                                                  \
  void fledge_column_dots_##S(size_t rows, size_t columns, const T *a, const T *b, T *out,         \
                              int accumulate);                                                     \
  /* out[image, y, x][window row, window column, channel], and its transpose */                    \
  void fledge_patches_##S(fledge_windows windows, const T *images, T *out);                        \
  void fledge_fold_##S(fledge_windows windows, const T *patches, T *out, int accumulate);          \
  /* the largest of each 2 by 2 pixels, and where in `a` it was */                                 \
  void fledge_maximum_pool_##S(size_t images, size_t height, size_t width, size_t channels,        \
                               const T *a, uint32_t *indices, T *out);                             \
  void fledge_gather_##S(size_t n, const uint32_t *indices, const T *a, T *out, int accumulate);   \
  /* out[indices[i]] = a[i], 0 elsewhere; indices are distinct */                                  \
  void fledge_scatter_##S(size_t n, const uint32_t *indices, const T *a, size_t size, T *out,      \
                          int accumulate);                                                         \
  void fledge_moments_over_rows_##S(size_t rows, size_t columns, const T *x, T *mean,              \
                                    T *variance);                                                  \
  FLEDGE_DECLARE_NORMALIZATION(T, S, rows)                                                         \
  FLEDGE_DECLARE_NORMALIZATION(T, S, columns)

/* y = (x - mean) inverse with inverse = 1 / sqrt(variance + epsilon), over each column or each row;
 * slope is its derivative applied to c, curvature its second derivative applied to c and d. */
#define FLEDGE_DECLARE_NORMALIZATION(T, S, axis)                                                   \
  void fledge_normalize_over_##axis##_##S(size_t rows, size_t columns, T epsilon, const T *x,      \
                                          T *inverse, T *y);                                       \
  void fledge_slope_over_##axis##_##S(size_t rows, size_t columns, const T *y, const T *inverse,   \
                                      const T *c, T *out, int accumulate);                         \
  void fledge_curvature_over_##axis##_##S(size_t rows, size_t columns, const T *y,                 \
                                          const T *inverse, const T *c, const T *d, T *out,        \
                                          int accumulate);

FLEDGE_DECLARE(float, f32)
FLEDGE_DECLARE(double, f64)
#undef FLEDGE_DECLARE
#undef FLEDGE_DECLARE_NORMALIZATION

/* The rows of a[n x n] made orthogonal and of length 1, each within the span of those before it and itself, as by Gram and
 * Schmidt's process. `scratch` holds 66 n numbers. */
void fledge_orthonormalize(int n, double *a, double *scratch);

/* Solves the symmetric positive definite system a x = b in place (a[n x n], b[n]);
 * 0 on success, otherwise a is not positive definite and b is not the solution. */
int fledge_solve_positive_definite(int n, double *a, double *b);

#endif
