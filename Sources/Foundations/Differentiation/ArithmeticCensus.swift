internal import CNumerics

/// What arithmetic a computation asked for, on all threads: its matrix products, and how much memory loops and products
/// passed over.
public struct ArithmeticCensus: Sendable {
  /// Products `op(a) op(b)` of one kind, op transposing where asked.
  public struct Product: Sendable {
    /// Whether a, or b, is transposed.
    public let (transposesLeft, transposesRight): (Bool, Bool)
    /// The rows and columns of the result, and the inner side.
    public let (rows, columns, inner): (Int, Int, Int)
    /// How many there were.
    public let count: Int
    fileprivate let isDouble: Bool

    /// The multiplications and additions of all of them.
    public var operations: Double {
      2 * Double(rows) * Double(columns) * Double(inner) * Double(count)
    }
  }

  /// By kind.
  public let products: [Product]
  /// Read or written by loops and products, wherever it was, in bytes. A loop counts as two arrays read and one written.
  public let bytes: Double

  /// Counts what a computation asks for; no two counts at a time.
  ///
  /// - Parameter body: The computation.
  /// - Returns: What it returns, and the census.
  /// - Throws: What it throws.
  public static func during<Result>(
    _ body: () throws -> Result
  ) rethrows -> (result: Result, census: ArithmeticCensus) {
    fledge_census_begin()
    var counts = [fledge_product_count](repeating: fledge_product_count(), count: 4096)
    var bytes: UInt64 = 0
    let result: Result
    do {
      result = try body()
    } catch {
      _ = fledge_census_end(&counts, 0, &bytes)
      throw error
    }
    let found = fledge_census_end(&counts, counts.count, &bytes)
    let products = counts.prefix(found).map {
      Product(
        transposesLeft: $0.transpose_a != 0, transposesRight: $0.transpose_b != 0, rows: $0.m,
        columns: $0.n, inner: $0.k, count: Int($0.count), isDouble: $0.is_double != 0)
    }
    return (result, ArithmeticCensus(products: products, bytes: Double(bytes)))
  }
}

extension ArithmeticCensus.Product {
  /// The seconds that one thread takes for all of them where their numbers are in cache: the least of three measurements
  /// of one product, each of at least 3 milliseconds, times their count.
  public func seconds() -> Double {
    isDouble ? seconds(of: Double.self) : seconds(of: Float.self)
  }

  private func seconds<Scalar: TensorScalar>(of type: Scalar.Type) -> Double {
    let (left, right, result) = (
      Tensor<Scalar>(Shape(rows, inner), repeating: 0.5),
      Tensor<Scalar>(Shape(inner, columns), repeating: 0.25),
      Tensor<Scalar>(Shape(rows, columns), repeating: 0)
    )
    let clock = ContinuousClock()
    var repetitions = 1
    var best = Double.infinity
    var measured = 0
    while measured < 3 {
      let start = clock.now
      for _ in 0..<repetitions {
        Scalar.kernels.product(
          transposesLeft ? 1 : 0, transposesRight ? 1 : 0, rows, columns, inner, left.pointer,
          right.pointer, 0, result.pointer)
      }
      let seconds = (clock.now - start) / .seconds(1)
      guard seconds >= 0.003 else {
        repetitions *= 2
        continue
      }
      best = min(best, seconds / Double(repetitions))
      measured += 1
    }
    return best * Double(count)
  }
}
