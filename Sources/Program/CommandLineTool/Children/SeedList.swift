internal import ArgumentParser

/// Seeds of runs: `1...8`, `1,5,9`, or both, such as `1...3,7`.
package struct SeedList: Sendable, Equatable {
  /// In the order given; none twice.
  package let seeds: [Int]

  /// The most runs that one command begins.
  private static let limit = 10_000

  /// Reads a list; nil where it is none, names a seed twice, or has more than 10,000.
  ///
  /// - Parameter text: As it is given.
  package init?(_ text: String) {
    var seeds: [Int] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: ".", omittingEmptySubsequences: false)
      let numbers = [ends.first, ends.last].compactMap { $0 }.compactMap { Int($0) }
      let isRange =
        (3...4).contains(ends.count) && ends.dropFirst().dropLast().allSatisfy(\.isEmpty)
      guard ends.count == 1 || isRange, numbers.count == 2, numbers[0] >= 0,
        numbers[0] <= numbers[1], numbers[1] - numbers[0] < Self.limit
      else { return nil }
      seeds += numbers[0]...numbers[1]
      guard seeds.count <= Self.limit else { return nil }
    }
    guard Set(seeds).count == seeds.count else { return nil }
    self.seeds = seeds
  }

  /// Reads the value of an option.
  ///
  /// - Throws: `ValidationError` that says what would be right.
  static func option(_ text: String) throws -> SeedList {
    guard let list = SeedList(text) else {
      throw ValidationError("expected seeds such as 1...8 or 1,5,9, none twice")
    }
    return list
  }
}
