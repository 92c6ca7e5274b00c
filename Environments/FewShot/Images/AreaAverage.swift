extension InkPicture {
  /// Brings the picture to `side` x `side` pixels, each the mean of the area that it covers.
  ///
  /// A pixel at the border of such an area counts by its share in it, and all sums are whole numbers:
  /// the result is exact, up to its rounding to the nearest 255th. A picture that isn't square is
  /// squeezed.
  ///
  /// - Parameter side: The rows, and the columns, of the result.
  /// - Returns: The share of ink in 255ths, `[row, column]`.
  func averaged(to side: Int) -> [UInt8] {
    let rows = stretches(of: ink, length: width, count: side)
    let totals = stretches(of: rows, length: height, count: side)
    // A cell measures width x height, where a pixel of the picture measures side x side.
    let full = Self.black * width * height
    return totals.map { UInt8(($0 * 255 + full / 2) / full) }
  }
}

/// Cuts each line into stretches of equal length and sums what each covers.
///
/// - Parameters:
///   - lines: Numbers, `[line, place]`.
///   - length: The places of a line; each is taken to be `count` wide.
///   - count: The stretches of a line; each is then `length` wide.
/// - Returns: The sums, weighted by width, `[stretch, line]`: transposed, so that doing it twice sums
///   along rows and columns and restores their order.
private func stretches(
  of lines: [some BinaryInteger], length: Int, count: Int
) -> [Int] {
  let lineCount = lines.count / length
  var sums = [Int](repeating: 0, count: count * lineCount)
  for stretch in 0..<count {
    let (start, end) = (stretch * length, (stretch + 1) * length)
    for place in start / count...(end - 1) / count {
      let overlap = min(end, (place + 1) * count) - max(start, place * count)
      for line in 0..<lineCount {
        sums[stretch * lineCount + line] += overlap * Int(lines[line * length + place])
      }
    }
  }
  return sums
}
