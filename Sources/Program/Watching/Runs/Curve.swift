internal import Foundation
internal import RunRecords
internal import Training

/// What happened to returns in training, in few points however long it is: each stands for as many iterations as any
/// other.
struct Curve {
  /// The means over the iterations of a point.
  struct Point {
    /// The last of its iterations.
    var iteration = 0
    /// The return before adaptation; none where there is nothing to adapt with.
    var before = Mean()
    /// The return after adaptation.
    var after = Mean()
    /// The score on validation tasks.
    var validation = Mean()
  }

  /// A mean of numbers, those that aren't finite left out.
  struct Mean {
    private var sum = 0.0
    private var count = 0.0

    mutating func add(_ value: Double?) {
      guard let value, value.isFinite else { return }
      (sum, count) = (sum + value, count + 1)
    }

    mutating func add(_ other: Mean) {
      (sum, count) = (sum + other.sum, count + other.count)
    }

    /// Rounded to as many digits as a drawing shows; null of nothing.
    func json(digits: Int = 5) -> JSON { .number(sum / count, digits: digits) }
  }

  /// The most points.
  private static let capacity = 400

  private(set) var points: [Point] = []
  /// The iterations of a point.
  private var width = 1
  /// How many of them the last point has.
  private var filled = 1

  mutating func add(_ line: IterationMetrics) {
    if filled == width || points.isEmpty {
      if points.count == Self.capacity { halve() }
      points.append(Point())
      filled = 0
    }
    filled += 1
    let last = points.count - 1
    points[last].iteration = line.iteration
    if line.returns.count > 1 { points[last].before.add(line.returns[0]) }
    points[last].after.add(line.returns.last)
    points[last].validation.add(line.extra[Validation.key])
  }

  /// Makes one point of two, each of which is full.
  private mutating func halve() {
    points = stride(from: 0, to: points.count, by: 2).map { index in
      var point = points[index + 1]
      point.before.add(points[index].before)
      point.after.add(points[index].after)
      point.validation.add(points[index].validation)
      return point
    }
    width *= 2
  }

  /// All points, a list for each quantity.
  var json: JSON {
    .object([
      ("iterations", .list(points.map { .integer($0.iteration) })),
      ("before", .list(points.map { $0.before.json() })),
      ("after", .list(points.map { $0.after.json() })),
      ("validation", .list(points.map { $0.validation.json() })),
    ])
  }

  /// The return after adaptation in a handful of points, for a drawing as small as a word.
  var sketch: JSON {
    let count = min(24, points.count)
    return .list(
      (0..<count).map { place in
        let part = points[points.count * place / count..<points.count * (place + 1) / count]
        return part.reduce(into: Mean()) { $0.add($1.after) }.json(digits: 3)
      })
  }
}

extension JSON {
  /// A number with so many digits; null of what isn't finite.
  static func number(_ value: Double, digits: Int) -> JSON {
    guard value.isFinite, value != 0 else { return value == 0 ? .integer(0) : .null }
    // The magnitude is from -324 to 308, and no power of ten may overflow.
    let places = digits - 1 - Int(log10(abs(value)).rounded(.down))
    guard (-300...300).contains(places) else { return .number(value) }
    let scale = pow(10, Double(abs(places)))
    return .number(
      places >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale)
  }
}
