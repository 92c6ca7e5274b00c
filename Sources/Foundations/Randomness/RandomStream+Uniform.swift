internal import CNumerics

extension RandomStream {
  /// Returns a uniform number in [0, 1), a multiple of 2^-24.
  ///
  /// - Returns: The top 24 bits of the next word.
  public mutating func uniform() -> Float {
    Float(nextWord() >> 8) * 0x1p-24
  }

  /// Returns a uniform number in [0, 1), a multiple of 2^-32.
  ///
  /// A stream gives the same numbers in `Double` as in `Float`, with more of their bits, so that a
  /// computation repeated in double precision sees the same draws.
  ///
  /// - Returns: All 32 bits of the next word.
  public mutating func uniform() -> Double {
    Double(nextWord()) * 0x1p-32
  }

  /// Returns a uniform number in a range with finite bounds.
  ///
  /// - Parameter range: The range to draw from.
  /// - Returns: `lower + (upper - lower) u` with u from ``uniform()->Float``, at most `upper`.
  public mutating func uniform(in range: ClosedRange<Float>) -> Float {
    let fraction: Float = uniform()
    let value = range.lowerBound + (range.upperBound - range.lowerBound) * fraction
    return min(value, range.upperBound)
  }

  /// Returns a uniform number in a range with finite bounds.
  ///
  /// - Parameter range: The range to draw from.
  /// - Returns: `lower + (upper - lower) u` with u from ``uniform()->Double``, at most `upper`.
  public mutating func uniform(in range: ClosedRange<Double>) -> Double {
    let fraction: Double = uniform()
    let value = range.lowerBound + (range.upperBound - range.lowerBound) * fraction
    return min(value, range.upperBound)
  }

  /// Returns a uniform index in `0..<count`.
  ///
  /// - Parameter count: The number of indices, at least 1.
  /// - Returns: The high word of `next() * count`; its bias, below count / 2^64, is out of reach.
  public mutating func index(below count: Int) -> Int {
    precondition(count > 0, "an index needs at least 1 place, got \(count)")
    return Int(next().multipliedFullWidth(by: UInt64(count)).high)
  }

  /// Fills a span with the bits of repeated ``uniform(in:)-(ClosedRange<Float>)`` calls.
  ///
  /// - Parameters:
  ///   - values: What to fill, of any length.
  ///   - range: The range to draw from, with finite bounds.
  public mutating func fillUniform(
    _ values: inout MutableSpan<Float>, in range: ClosedRange<Float> = 0...1
  ) {
    let start = claimWords(values.count)
    let name = name
    values.withUnsafeMutableBufferPointer { buffer in
      fledge_philox_uniform_f32(
        name, start, range.lowerBound, range.upperBound, buffer.baseAddress, buffer.count)
    }
  }

  /// Fills a span with the bits of repeated ``uniform(in:)-(ClosedRange<Double>)`` calls.
  ///
  /// - Parameters:
  ///   - values: What to fill, of any length.
  ///   - range: The range to draw from, with finite bounds.
  public mutating func fillUniform(
    _ values: inout MutableSpan<Double>, in range: ClosedRange<Double> = 0...1
  ) {
    let start = claimWords(values.count)
    let name = name
    values.withUnsafeMutableBufferPointer { buffer in
      fledge_philox_uniform_f64(
        name, start, range.lowerBound, range.upperBound, buffer.baseAddress, buffer.count)
    }
  }

  /// Returns an array of uniform numbers.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - range: The range to draw from, with finite bounds.
  /// - Returns: What ``fillUniform(_:in:)-(MutableSpan<Float>,_)`` fills.
  public mutating func uniforms(_ count: Int, in range: ClosedRange<Float> = 0...1) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    var span = values.mutableSpan
    fillUniform(&span, in: range)
    return values
  }
}
