/// Sobol's sequence: points that fill the unit cube more evenly than random ones (Sobol 1967), with the direction
/// numbers of Joe and Kuo (2008), in up to 16 dimensions.
///
/// A shift of all points by one drawn bit pattern a dimension, which leaves them as even, makes a seed of it.
public struct SobolSequence: Sendable {
  /// The most dimensions.
  public static let dimensionLimit = primitivePolynomials.count

  private let directions: [[UInt32]]
  private let shift: [UInt32]
  private var point: [UInt32]
  private var count: UInt32 = 0

  /// A sequence from its first point on.
  ///
  /// - Parameters:
  ///   - dimensions: 1 to ``dimensionLimit``.
  ///   - random: What the shift is drawn from; nil for none, which begins at the origin.
  public init(dimensions: Int, shiftedBy random: RandomStream? = nil) {
    precondition((1...Self.dimensionLimit).contains(dimensions), "\(dimensions) dimensions")
    directions = (0..<dimensions).map(Self.directions)
    point = directions.map { _ in 0 }
    var bits: [UInt32] = []
    if var random {
      bits = (0..<dimensions).map { _ in UInt32(truncatingIfNeeded: random.next()) }
    }
    shift = bits.isEmpty ? directions.map { _ in 0 } : bits
  }

  /// The next point, each coordinate from 0 to below 1; there are 2^32.
  public mutating func next() -> [Double] {
    let result = zip(point, shift).map { Double($0 ^ $1) / 0x1p32 }
    // In the order of Gray's code, points differ by the direction of the lowest 0 of their number.
    let bit = (~count).trailingZeroBitCount
    if bit < 32 { for index in point.indices { point[index] ^= directions[index][bit] } }
    count &+= 1
    return result
  }

  /// The direction numbers of a dimension, the greatest first.
  private static func directions(of dimension: Int) -> [UInt32] {
    let (polynomial, first) = primitivePolynomials[dimension]
    guard dimension > 0 else { return (0..<32).map { 1 << (31 - $0) } }
    let degree = first.count
    var numbers = first.enumerated().map { $1 << UInt32(31 - $0) }
    for index in degree..<32 {
      var number = numbers[index - degree] ^ (numbers[index - degree] >> UInt32(degree))
      for step in 1..<max(degree, 1) where polynomial >> UInt32(degree - step) & 1 == 1 {
        number ^= numbers[index - step]
      }
      numbers.append(number)
    }
    return numbers
  }
}

/// Of each dimension, a primitive polynomial over two elements by the bits of its coefficients, and as many odd numbers
/// as its degree to begin with.
private let primitivePolynomials: [(polynomial: UInt32, first: [UInt32])] = [
  (1, []), (3, [1]), (7, [1, 3]), (11, [1, 3, 1]), (13, [1, 1, 1]), (19, [1, 1, 3, 3]),
  (25, [1, 3, 5, 13]), (37, [1, 1, 5, 5, 17]), (41, [1, 1, 5, 5, 5]), (47, [1, 1, 7, 11, 19]),
  (55, [1, 1, 5, 1, 1]), (59, [1, 1, 1, 3, 11]), (61, [1, 3, 5, 5, 31]),
  (67, [1, 3, 3, 9, 7, 49]), (91, [1, 1, 1, 15, 21, 21]), (97, [1, 3, 1, 13, 27, 49]),
]
