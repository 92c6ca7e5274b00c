public import Differentiation
internal import Parallel

/// What bounds the speed of a computation: how long its matrix products alone take, on threads that share them evenly,
/// and how long its passes over memory would take if none of them found its numbers in cache.
public struct Roofline: Sendable {
  /// Products of one kind, and how long one thread takes for all of them where their numbers are in cache.
  public struct Kind: Sendable {
    /// The products.
    public let product: ArithmeticCensus.Product
    /// In seconds.
    public let seconds: Double
  }

  /// From the one that takes longest.
  public let kinds: [Kind]
  /// All products, in seconds.
  public let productSeconds: Double
  /// All passes over memory, at the rate of memory itself, in seconds.
  public let memorySeconds: Double
  /// What was passed over, in bytes.
  public let bytes: Double

  /// Measures, on this machine, what a census counted. It takes some seconds.
  ///
  /// - Parameters:
  ///   - census: What was counted.
  ///   - threads: Who shares it.
  /// - Throws: Nothing of its own.
  public init(of census: ArithmeticCensus, threads: Int) throws {
    kinds = census.products.map { Kind(product: $0, seconds: $0.seconds()) }
      .sorted { $0.seconds > $1.seconds }
    productSeconds = kinds.reduce(0) { $0 + $1.seconds } / Double(threads)
    bytes = census.bytes
    memorySeconds = bytes / (try memoryRate(threads: threads))
  }
}

/// The bytes a second that threads together read and write where nothing is in cache, the most of three measurements.
private func memoryRate(threads: Int) throws -> Double {
  // Three arrays of 64 MB in all, larger than caches are.
  let count = 16_000_000 / threads
  let arrays = (0..<threads).map { _ in
    (0..<2).map { Tensor<Float>(Shape(1, count), repeating: Float($0)) }
  }
  let clock = ContinuousClock()
  return try (0..<3).reduce(0.0) { best, _ in
    let start = clock.now
    _ = try Threads(threads).map(threads) { _, index in
      arrays[index][0].adding(arrays[index][1]).shape
    }
    let seconds = (clock.now - start) / .seconds(1)
    return max(best, Double(3 * count * threads * MemoryLayout<Float>.stride) / seconds)
  }
}
