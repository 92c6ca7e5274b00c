internal import Foundation

/// How much one axis by itself says about a score.
enum Importance {
  /// Trials are told apart in at most so many parts of an axis.
  private static let partLimit = 4

  /// The share of the variance of scores that lies between parts of an axis, less what chance alone would put there
  /// (epsilon squared; Kelley 1935): 0 where the axis tells nothing, 1 where it tells everything.
  ///
  /// Scores are taken by their ranks, so that a trial that diverged doesn't outweigh all others.
  ///
  /// - Parameter points: Of each trial, its place on the axis and its score.
  /// - Returns: 0 to 1; 0 where there are too few to tell.
  static func share(_ points: [(place: Double, score: Double)]) -> Double {
    let ranks = ranks(points.map(\.score))
    let parts = parts(points.map(\.place))
    let count = Set(parts).count
    guard count > 1, points.count > count else { return 0 }
    let mean = ranks.reduce(0, +) / Double(ranks.count)
    let total = ranks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    guard total > 0 else { return 0 }
    var within = 0.0
    for part in Set(parts).sorted() {
      let own = ranks.indices.filter { parts[$0] == part }.map { ranks[$0] }
      let center = own.reduce(0, +) / Double(own.count)
      within += own.reduce(0) { $0 + ($1 - center) * ($1 - center) }
    }
    let degrees = (all: Double(ranks.count - 1), within: Double(ranks.count - count))
    return max(0, 1 - (within / degrees.within) / (total / degrees.all))
  }

  /// Ranks from 1; equal values share the mean of theirs.
  private static func ranks(_ values: [Double]) -> [Double] {
    values.map { value in
      let below = values.count { $0 < value }
      let equal = values.count { $0 == value }
      return Double(below) + Double(equal + 1) / 2
    }
  }

  /// The part of the axis that each place is in: each value by itself where there are few, or parts with equally many.
  private static func parts(_ places: [Double]) -> [Int] {
    let distinct = Set(places).sorted()
    guard distinct.count > partLimit else {
      return places.map { place in distinct.firstIndex(of: place) ?? 0 }
    }
    let order = ranks(places)
    return order.map {
      min(partLimit - 1, Int(($0 - 0.5) / Double(places.count) * Double(partLimit)))
    }
  }
}
