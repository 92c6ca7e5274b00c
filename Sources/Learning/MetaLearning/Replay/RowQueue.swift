public import Differentiation

/// Rows of numbers, the latest so many: new ones come to the end, old ones leave at the front.
///
/// Rows stand in chunks that never change, so that a copy takes next to nothing.
public struct RowQueue: Sendable {
  /// The numbers in a row.
  public let width: Int
  /// `[row, width]` each, the oldest first; of the first one some rows may have left.
  private var chunks: [Tensor<Float>] = []
  /// The rows of the first chunk that have left.
  private var left = 0
  /// Where each chunk's rows end, counted from the first chunk's beginning.
  private var ends: [Int] = []

  /// No rows yet.
  public init(width: Int) { self.width = width }

  /// The number of rows.
  public var count: Int { (ends.last ?? 0) - left }

  /// Adds rows, and lets the oldest ones leave where there are more than wanted.
  ///
  /// - Parameters:
  ///   - rows: `[row, width]`.
  ///   - limit: How many rows stay.
  public mutating func append(_ rows: Tensor<Float>, keeping limit: Int) {
    precondition(
      rows.shape.columns == width, "rows of width \(width) were expected, found \(rows.shape)")
    guard rows.shape.rows > 0 else { return }
    chunks.append(rows)
    ends.append((ends.last ?? 0) + rows.shape.rows)
    left += max(0, count - limit)
    let gone = ends.firstIndex { $0 > left } ?? 0
    guard gone > 0 else { return }
    let rowsGone = ends[gone - 1]
    chunks.removeFirst(gone)
    ends = ends.dropFirst(gone).map { $0 - rowsGone }
    left -= rowsGone
  }

  /// Some of the rows.
  ///
  /// - Parameter indices: Counted from the oldest row, each below ``count``.
  /// - Returns: `[index, width]`.
  public func rows(at indices: [Int]) -> Tensor<Float> {
    Tensor(Shape(indices.count, width)) { out in
      for (place, index) in indices.enumerated() {
        let row = index + left
        let chunk = chunk(of: row)
        let first = chunk == 0 ? 0 : ends[chunk - 1]
        chunks[chunk].withElements { elements in
          guard let start = elements.baseAddress else { return }
          (out + place * width).initialize(from: start + (row - first) * width, count: width)
        }
      }
    }
  }

  /// All rows, `[row, width]`.
  public var all: Tensor<Float> { rows(at: Array(0..<count)) }

  /// The first chunk that ends behind a row.
  private func chunk(of row: Int) -> Int {
    var (low, high) = (0, chunks.count - 1)
    while low < high {
      let middle = (low + high) / 2
      if ends[middle] > row { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
