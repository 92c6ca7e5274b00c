internal import CNumerics

// Box-Muller: for u in (0, 1] and an angle a in [-pi, pi), both from one word,
//
//   z_even = sqrt(-2 ln u) cos a,   z_odd = sqrt(-2 ln u) sin a.
//
// u is (word / 2 + 1/2) / 2^31, so no draw is beyond sqrt(-2 ln 2^-32) = 6.66 standard deviations.
extension RandomStream {
  /// Returns a standard normal number.
  ///
  /// - Returns: A draw from N(0, 1).
  public mutating func normal() -> Float {
    var value: Float = 0
    fledge_philox_normal_f32(name, claimNormals(1), &value, 1)
    return value
  }

  /// Returns a standard normal number.
  ///
  /// - Returns: The draw that ``normal()->Float`` makes, before its rounding.
  public mutating func normal() -> Double {
    var value: Double = 0
    fledge_philox_normal_f64(name, claimNormals(1), &value, 1)
    return value
  }

  /// Fills a span with the bits of repeated ``normal()->Float`` calls, 4 or 8 at a time.
  ///
  /// - Parameter values: What to fill, of any length.
  public mutating func fillNormal(_ values: inout MutableSpan<Float>) {
    let start = claimNormals(values.count)
    let name = name
    values.withUnsafeMutableBufferPointer { buffer in
      fledge_philox_normal_f32(name, start, buffer.baseAddress, buffer.count)
    }
  }

  /// Fills a span with the bits of repeated ``normal()->Double`` calls.
  ///
  /// - Parameter values: What to fill, of any length.
  public mutating func fillNormal(_ values: inout MutableSpan<Double>) {
    let start = claimNormals(values.count)
    let name = name
    values.withUnsafeMutableBufferPointer { buffer in
      fledge_philox_normal_f64(name, start, buffer.baseAddress, buffer.count)
    }
  }

  /// Returns an array of standard normal numbers.
  ///
  /// - Parameter count: How many.
  /// - Returns: What ``fillNormal(_:)-(MutableSpan<Float>)`` fills.
  public mutating func normals(_ count: Int) -> [Float] {
    var values = [Float](repeating: 0, count: count)
    var span = values.mutableSpan
    fillNormal(&span)
    return values
  }
}
