internal import Foundation
public import Settings

/// What one key of the configuration is tried at: some values, or a range.
public struct Axis: Settings, Sendable, Equatable {
  /// The values; empty with a range.
  public var values: [ParameterValue] = []
  /// The ends of a range.
  public var range: [Double] = []
  /// The ends of a range whose points have equal ratios rather than equal differences.
  public var logRange: [Double] = []
  /// Points of a range in a grid, its ends among them.
  public var count = 5
  /// Whether points of a range are whole numbers.
  public var integer = false
  /// The methods that try it; empty for all.
  public var methods: [String] = []

  /// Nothing yet.
  public init() {}

  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .values("values", \.values, "what is tried; a list in place of all these keys is this one"),
      .numbers("range", \.range, counts: 0...2, "lowest and highest value"),
      .numbers("logRange", \.logRange, counts: 0...2, "the same, in equal ratios"),
      .integer("count", \.count, in: 2...10_000, "points of a range in a grid"),
      .flag("integer", \.integer, "whether points of a range are whole numbers"),
      .texts("methods", \.methods, "methods that try it, [] for all"),
    ]
  }

  /// One of the three ways to say it, and a range with two ends.
  public func violation() -> ConstraintViolation? {
    let given = [("values", values.count), ("range", range.count), ("logRange", logRange.count)]
      .filter { $0.1 > 0 }
    guard given.count == 1 else {
      return ConstraintViolation(
        given.last?.0 ?? "values",
        given.isEmpty
          ? "is empty, expected some values, or a range or logRange"
          : "stands beside \(given[0].0); expected one of them")
    }
    guard values.isEmpty else {
      return Set(values).count == values.count
        ? nil : ConstraintViolation("values", "has one twice, expected each once")
    }
    let ends = range + logRange
    guard ends.count == 2, ends[0] < ends[1] else {
      return ConstraintViolation(
        given[0].0, "is \(ends), expected the lowest and the highest value")
    }
    guard logRange.isEmpty || ends[0] > 0 else {
      return ConstraintViolation("logRange", "begins at \(ends[0]), expected a number above 0")
    }
    guard (logRange.isEmpty ? ends[1] - ends[0] : ends[1] / ends[0]).isFinite else {
      return ConstraintViolation(given[0].0, "is \(ends), expected ends that are closer together")
    }
    return nil
  }

  /// The points of a grid, in order, none twice; as `--set` takes them.
  var grid: [String] {
    guard values.isEmpty else { return values.map(\.yaml) }
    var points: [String] = []
    for index in 0..<count {
      let point = point(at: Double(index) / Double(count - 1))
      if points.last != point { points.append(point) }
    }
    return points
  }

  /// The point at a share of the axis, as `--set` takes it.
  ///
  /// - Parameter share: 0 to 1, ends included.
  /// - Returns: The value.
  func point(at share: Double) -> String {
    guard values.isEmpty else {
      return values[min(values.count - 1, Int(share * Double(values.count)))].yaml
    }
    let ends = range + logRange
    let value =
      logRange.isEmpty
      ? ends[0] + share * (ends[1] - ends[0]) : ends[0] * pow(ends[1] / ends[0], share)
    if integer { return "\(Int(min(max(value.rounded(), -1e15), 1e15)))" }
    // Six digits are as many as anyone would tune.
    return ParameterValue.number(Double(String(format: "%.6g", value)) ?? value).yaml
  }

  /// Whether a method tries it.
  func concerns(_ method: String) -> Bool { methods.isEmpty || methods.contains(method) }
}
