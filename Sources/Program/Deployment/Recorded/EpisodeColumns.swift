internal import EnvironmentKit
internal import Foundation
internal import Glibc
internal import Policies
public import Rollouts
internal import RunRecords

/// An episode as a file has it, in the columns of Minari: `observations` `[step + 1, component]`, `actions` and `rewards`
/// of each step, `terminations` and `truncations`.
///
/// A column that Minari doesn't have, `drawnActions`, is what the policy drew before its actions were squashed and scaled
/// to their bounds: with it nothing is lost by undoing that.
struct EpisodeColumns {
  /// A column, row by row.
  struct Column: Equatable {
    /// The numbers in a row, 1 for a list of numbers.
    var width: Int
    var values: [Double]

    var rows: Int { width > 0 ? values.count / width : 0 }
  }

  /// By name; others than those above are ignored.
  var columns: [String: Column]

  /// The names that are read.
  static let names = [
    "observations", "actions", "drawnActions", "rewards", "terminations", "truncations",
  ]
}

/// What is wrong with an episode, to follow its place in a sentence.
struct EpisodeDamage: Error {
  let message: String

  init(_ message: String) { self.message = message }
}

extension EpisodeColumns {
  /// The episode for a policy to learn from.
  ///
  /// - Parameter exported: The policy.
  /// - Returns: The episode, its actions as the policy draws them.
  /// - Throws: ``EpisodeDamage`` for a column that is missing, of another length or width, or not finite.
  func history(for exported: ExportedPolicy) throws(EpisodeDamage) -> EpisodeHistory {
    let specification = exported.specification
    let rewards = try column("rewards", width: 1)
    let steps = rewards.rows
    guard steps > 0 else { throw EpisodeDamage("has no steps") }
    let observations = try column(
      "observations", width: specification.observationWidth, rows: steps + 1,
      because: "one for each reward, and the one after the last step")
    return EpisodeHistory(
      observations: try observations.numbers("observations"),
      actions: try actions(exported, steps: steps), rewards: try rewards.numbers("rewards"),
      terminated: try isTerminated(steps))
  }

  private func column(
    _ name: String, width: Int, rows: Int? = nil, because: String = "one for each reward"
  ) throws(EpisodeDamage) -> Column {
    guard let column = columns[name] else { throw EpisodeDamage("has no \(name)") }
    guard column.width == width else {
      throw EpisodeDamage(
        "has \(name) of \(column.width) numbers, expected \(width) as the policy has")
    }
    guard rows == nil || column.rows == rows else {
      throw EpisodeDamage("has \(column.rows) \(name), expected \(rows ?? 0): \(because)")
    }
    return column
  }

  private func isTerminated(_ steps: Int) throws(EpisodeDamage) -> Bool {
    guard columns["terminations"] != nil || columns["truncations"] != nil else {
      throw EpisodeDamage("has no terminations, which tell how it ended")
    }
    for name in ["terminations", "truncations"] where columns[name] != nil {
      let ends = try column(name, width: 1, rows: steps)
      if let early = ends.values.dropLast().firstIndex(where: { $0 != 0 }) {
        throw EpisodeDamage("goes on after step \(early), of which \(name) say that it ended there")
      }
    }
    return columns["terminations"]?.values.last ?? 0 != 0
  }

  private func actions(_ exported: ExportedPolicy, steps: Int) throws(EpisodeDamage) -> [Float] {
    let space = exported.specification.action
    if columns["drawnActions"] != nil {
      let drawn = try column("drawnActions", width: space.width, rows: steps)
      return try checked(drawn.numbers("drawnActions"), space)
    }
    let actions = try column("actions", width: space.width, rows: steps)
    var numbers = try checked(actions.numbers("actions"), space)
    if let scaling = ActionScaling(space) {
      for index in numbers.indices {
        let component = index % space.width
        numbers[index] = (numbers[index] - scaling.middles[component]) / scaling.reaches[component]
        guard numbers[index].isFinite else {
          throw EpisodeDamage(
            "has the action \(actions.values[index]) of a component whose bounds are too near to each other"
          )
        }
      }
    }
    guard exported.policy.distribution == .squashedGaussian else { return numbers }
    // At the bounds themselves what was drawn is infinite.
    let most = 1 - Float.ulpOfOne
    return numbers.map { atanhf(min(max($0, -most), most)) }
  }

  private func checked(_ numbers: [Float], _ space: ActionSpace) throws(EpisodeDamage) -> [Float] {
    guard case .discrete(let names) = space else { return numbers }
    for number in numbers where !(0..<names.count).contains(Int(exactly: number) ?? -1) {
      throw EpisodeDamage(
        "has the action \(number), expected a choice from 0 to \(names.count - 1)")
    }
    return numbers
  }
}

extension EpisodeColumns.Column {
  /// The values, which have to be finite.
  fileprivate func numbers(_ name: String) throws(EpisodeDamage) -> [Float] {
    let numbers = values.map { Float($0) }
    guard let wrong = numbers.firstIndex(where: { !$0.isFinite }) else { return numbers }
    throw EpisodeDamage(
      "has \(name) with \(values[wrong]) in row \(wrong / width), expected finite numbers")
  }
}

/// The episodes of a file that was recorded anywhere.
///
/// - Parameters:
///   - file: JSON lines, an object an episode, or a NumPy archive without compression, one episode in a file.
///   - exported: The policy that is to learn from them.
/// - Returns: The episodes, in order.
/// - Throws: `RecordError` that names file, episode and column.
public func recordedEpisodes(
  _ file: String, for exported: ExportedPolicy
) throws -> [EpisodeHistory] {
  var isFolder: ObjCBool = false
  if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
    throw RecordError(.usage, "\(file) is a folder; name its files, such as \(file)/*.npz")
  }
  let read: [EpisodeColumns]
  do {
    switch file.split(separator: ".").last?.lowercased() {
    // Numbers take far more memory than their texts may.
    case "jsonl": read = try EpisodeColumns.read(jsonLines: readFile(file, limit: 128 << 20))
    case "npz": read = [try EpisodeColumns(numpyArchive: readFile(file, limit: 512 << 20))]
    default:
      throw RecordError(
        .usage, "\(file): expected episodes in a file that ends with .jsonl or .npz")
    }
  } catch let damage as EpisodeDamage {
    throw RecordError(.unreadable, "\(file) \(damage.message)")
  }
  return try read.enumerated().map { index, columns in
    do throws(EpisodeDamage) {
      return try columns.history(for: exported)
    } catch {
      throw RecordError(.unreadable, "\(file): episode \(index) \(error.message)")
    }
  }
}
