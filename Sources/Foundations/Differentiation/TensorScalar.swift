internal import CNumerics

/// A number type that tensors can hold: `Float` trains, `Double` verifies.
public protocol TensorScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable {
  /// The array routines for this type.
  static var kernels: Kernels<Self> { get }
}

/// Whether small matrices are multiplied without being packed first, which pays for blocks of fewer rows.
package let hasSmallProducts = fledge_has_small_products() != 0

/// Whether products with so many columns have kernels made for them where OpenBLAS packs first: they are as fast for few
/// rows as for many.
package func hasKernels(forColumns columns: Int) -> Bool { fledge_has_kernels_for(columns) != 0 }

/// The array routines under tensors, for one scalar type; they work on contiguous row-major memory.
///
/// `accumulate` (where a routine has it) adds to the output when it is not 0.
public struct Kernels<Scalar: Sendable>: Sendable {
  package typealias Input = UnsafePointer<Scalar>
  package typealias Output = UnsafeMutablePointer<Scalar>
  package typealias Map = @Sendable (Int, Input, Output) -> Void
  package typealias Zip = @Sendable (Int, Input, Input, Output) -> Void
  package typealias AccumulatingZip = @Sendable (Int, Input, Input, Output, Int32) -> Void
  /// (count, a, first derivative, second derivative)
  package typealias Derivatives = @Sendable (Int, Input, Output, Output) -> Void
  package typealias Spread = @Sendable (Int, Int, Input, Output) -> Void

  /// (transposeA, transposeB, rows, columns, inner side, a, b, accumulate, output)
  package let product: @Sendable (Int32, Int32, Int, Int, Int, Input, Input, Int32, Output) -> Void
  /// (rows, columns, a, output)
  package let transpose: Spread
  package let add: Zip
  package let subtract: Zip
  package let multiply: AccumulatingZip
  package let divide: Zip
  package let minimum: Zip
  package let scale: @Sendable (Int, Scalar, Input, Output, Int32) -> Void
  package let tripleProduct: @Sendable (Int, Scalar, Input, Input, Input, Output, Int32) -> Void
  package let tanh: Map
  package let exp: Map
  package let log: Map
  package let tanhSlope: AccumulatingZip
  /// (count, h, error, cotangent's tangent, sums' tangent, output)
  package let tanhSlopeTangent: @Sendable (Int, Input, Input, Input, Input, Output) -> Void
  /// (count, update, fresh, before, output)
  package let gatedBlend: @Sendable (Int, Input, Input, Input, Output) -> Void
  /// (count, reset, update, fresh, sums, before, cotangent, carry, to reset, to update, to fresh, to sums)
  package let gatedSlopes:
    @Sendable (
      Int, Input, Input, Input, Input, Input, Input, Output, Output, Output, Output, Output
    ) -> Void
  package let relu: Map
  package let gate: AccumulatingZip
  package let leakyRelu: Map
  package let leakyGate: AccumulatingZip
  package let elu: Map
  package let eluSlope: AccumulatingZip
  /// (count, h, error, cotangent's tangent, sums' tangent, output)
  package let eluSlopeTangent: @Sendable (Int, Input, Input, Input, Input, Output) -> Void
  package let logistic: Map
  package let normalDistribution: Map
  package let silu: Map
  package let siluDerivatives: Derivatives
  package let gelu: Map
  package let geluDerivatives: Derivatives
  package let broadcastRows: Spread
  package let sumOverRows: @Sendable (Int, Int, Input, Output, Int32) -> Void
  package let broadcastColumns: Spread
  package let sumOverColumns: Spread
  package let maximumOverColumns: Spread
  /// (rows, columns, a, b, stride of the output, output)
  package let addRowDots: @Sendable (Int, Int, Input, Input, Int, Output) -> Void
  /// (rows, columns, factors, their stride, a, output, accumulate)
  package let scaleRows: @Sendable (Int, Int, Input, Int, Input, Output, Int32) -> Void
  package let dot: @Sendable (Int, Input, Input) -> Scalar
  /// (rows, columns, shifts, a, output)
  let addRow: @Sendable (Int, Int, Input, Input, Output) -> Void
  /// (rows, columns, factors, shifts, a, output, accumulate)
  let scaleColumns: @Sendable (Int, Int, Input, Input?, Input, Output, Int32) -> Void
  /// (rows, columns, a, b, output, accumulate)
  let columnDots: @Sendable (Int, Int, Input, Input, Output, Int32) -> Void
  let patches: @Sendable (fledge_windows, Input, Output) -> Void
  let fold: @Sendable (fledge_windows, Input, Output, Int32) -> Void
  /// (images, height, width, channels, a, indices, output)
  let maximumPool:
    @Sendable (Int, Int, Int, Int, Input, UnsafeMutablePointer<UInt32>, Output) -> Void
  /// (count of indices, indices, a, output, accumulate)
  let gather: @Sendable (Int, UnsafePointer<UInt32>, Input, Output, Int32) -> Void
  /// (count of indices, indices, a, count of the output, output, accumulate)
  let scatter: @Sendable (Int, UnsafePointer<UInt32>, Input, Int, Output, Int32) -> Void
  /// (rows, columns, a, means, variances)
  let momentsOverRows: @Sendable (Int, Int, Input, Output, Output) -> Void
  let normalizationOverRows: Normalization
  let normalizationOverColumns: Normalization

  /// A normalization y, and its first and second derivative.
  struct Normalization: Sendable {
    /// (rows, columns, epsilon, a, inverse deviations, y)
    let normalize: @Sendable (Int, Int, Scalar, Input, Output, Output) -> Void
    /// (rows, columns, y, inverse deviations, cotangent, output, accumulate)
    let slope: @Sendable (Int, Int, Input, Input, Input, Output, Int32) -> Void
    /// (rows, columns, y, inverse deviations, cotangent, another, output, accumulate)
    let curvature: @Sendable (Int, Int, Input, Input, Input, Input, Output, Int32) -> Void
  }
}

extension Float: TensorScalar {
  /// The single-precision routines.
  public static let kernels = Kernels<Float>(
    product: fledge_product_f32, transpose: fledge_transpose_f32, add: fledge_add_f32,
    subtract: fledge_subtract_f32,
    multiply: fledge_multiply_f32, divide: fledge_divide_f32, minimum: fledge_minimum_f32,
    scale: fledge_scale_f32, tripleProduct: fledge_triple_product_f32, tanh: fledge_tanh_f32,
    exp: fledge_exp_f32, log: fledge_log_f32, tanhSlope: fledge_tanh_slope_f32,
    tanhSlopeTangent: fledge_tanh_slope_tangent_f32, gatedBlend: fledge_gated_blend_f32,
    gatedSlopes: fledge_gated_slopes_f32,
    relu: fledge_relu_f32, gate: fledge_gate_f32, leakyRelu: fledge_leaky_relu_f32,
    leakyGate: fledge_leaky_gate_f32, elu: fledge_elu_f32, eluSlope: fledge_elu_slope_f32,
    eluSlopeTangent: fledge_elu_slope_tangent_f32, logistic: fledge_logistic_f32,
    normalDistribution: fledge_normal_distribution_f32, silu: fledge_silu_f32,
    siluDerivatives: fledge_silu_derivatives_f32, gelu: fledge_gelu_f32,
    geluDerivatives: fledge_gelu_derivatives_f32, broadcastRows: fledge_broadcast_rows_f32,
    sumOverRows: fledge_sum_over_rows_f32, broadcastColumns: fledge_broadcast_columns_f32,
    sumOverColumns: fledge_sum_over_columns_f32,
    maximumOverColumns: fledge_maximum_over_columns_f32,
    addRowDots: fledge_add_row_dots_f32, scaleRows: fledge_scale_rows_f32, dot: fledge_dot_f32,
    addRow: fledge_add_row_f32, scaleColumns: fledge_scale_columns_f32,
    columnDots: fledge_column_dots_f32, patches: fledge_patches_f32, fold: fledge_fold_f32,
    maximumPool: fledge_maximum_pool_f32, gather: fledge_gather_f32, scatter: fledge_scatter_f32,
    momentsOverRows: fledge_moments_over_rows_f32,
    normalizationOverRows: .init(
      normalize: fledge_normalize_over_rows_f32, slope: fledge_slope_over_rows_f32,
      curvature: fledge_curvature_over_rows_f32),
    normalizationOverColumns: .init(
      normalize: fledge_normalize_over_columns_f32, slope: fledge_slope_over_columns_f32,
      curvature: fledge_curvature_over_columns_f32))
}

extension Double: TensorScalar {
  /// The double-precision routines.
  public static let kernels = Kernels<Double>(
    product: fledge_product_f64, transpose: fledge_transpose_f64, add: fledge_add_f64,
    subtract: fledge_subtract_f64,
    multiply: fledge_multiply_f64, divide: fledge_divide_f64, minimum: fledge_minimum_f64,
    scale: fledge_scale_f64, tripleProduct: fledge_triple_product_f64, tanh: fledge_tanh_f64,
    exp: fledge_exp_f64, log: fledge_log_f64, tanhSlope: fledge_tanh_slope_f64,
    tanhSlopeTangent: fledge_tanh_slope_tangent_f64, gatedBlend: fledge_gated_blend_f64,
    gatedSlopes: fledge_gated_slopes_f64,
    relu: fledge_relu_f64, gate: fledge_gate_f64, leakyRelu: fledge_leaky_relu_f64,
    leakyGate: fledge_leaky_gate_f64, elu: fledge_elu_f64, eluSlope: fledge_elu_slope_f64,
    eluSlopeTangent: fledge_elu_slope_tangent_f64, logistic: fledge_logistic_f64,
    normalDistribution: fledge_normal_distribution_f64, silu: fledge_silu_f64,
    siluDerivatives: fledge_silu_derivatives_f64, gelu: fledge_gelu_f64,
    geluDerivatives: fledge_gelu_derivatives_f64, broadcastRows: fledge_broadcast_rows_f64,
    sumOverRows: fledge_sum_over_rows_f64, broadcastColumns: fledge_broadcast_columns_f64,
    sumOverColumns: fledge_sum_over_columns_f64,
    maximumOverColumns: fledge_maximum_over_columns_f64,
    addRowDots: fledge_add_row_dots_f64, scaleRows: fledge_scale_rows_f64, dot: fledge_dot_f64,
    addRow: fledge_add_row_f64, scaleColumns: fledge_scale_columns_f64,
    columnDots: fledge_column_dots_f64, patches: fledge_patches_f64, fold: fledge_fold_f64,
    maximumPool: fledge_maximum_pool_f64, gather: fledge_gather_f64, scatter: fledge_scatter_f64,
    momentsOverRows: fledge_moments_over_rows_f64,
    normalizationOverRows: .init(
      normalize: fledge_normalize_over_rows_f64, slope: fledge_slope_over_rows_f64,
      curvature: fledge_curvature_over_rows_f64),
    normalizationOverColumns: .init(
      normalize: fledge_normalize_over_columns_f64, slope: fledge_slope_over_columns_f64,
      curvature: fledge_curvature_over_columns_f64))
}

/// Prepares this process for numerical work; an executable calls it once, before any other thread.
public func prepareProcessForNumerics() {
  fledge_prepare_process()
}

/// The linear algebra library found, and the vector units in use.
public func numericsDescription() -> (linearAlgebra: String, vectorUnits: String) {
  (String(cString: fledge_blas_description()), String(cString: fledge_vector_units()))
}

/// Solves `matrix · x = vector` for a symmetric positive definite matrix, in double precision.
///
/// - Parameters:
///   - matrix: Row-major, `[n, n]`.
///   - vector: `[n]`.
/// - Returns: `x`, or nil where the matrix is not positive definite or the solution not finite.
public func solvePositiveDefinite(_ matrix: [Double], _ vector: [Double]) -> [Double]? {
  precondition(
    matrix.count == vector.count * vector.count,
    "expected a matrix of \(vector.count * vector.count) numbers, found \(matrix.count)")
  var factor = matrix
  var solution = vector
  guard fledge_solve_positive_definite(Int32(vector.count), &factor, &solution) == 0,
    solution.allSatisfy(\.isFinite)
  else { return nil }
  return solution
}
