internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Reports
internal import RunRecords
internal import Settings
internal import Training

extension Runs {
  /// `fledge runs show`.
  struct Show: ContextCommand {
    static let configuration = CommandConfiguration(
      abstract: "What a run is, how it stands, and in what it differs from its preset.")

    @Argument(help: "The run's directory.")
    var run: String

    @OptionGroup var output: FormatOption

    func run(in context: Context) throws {
      let directory = try RunDirectory.open(run)
      let summary = try RunSummary(directory)
      let details = RunDetails(
        row: RunRow(summary, in: context), failure: summary.facts.failure, end: summary.facts.end,
        command: summary.facts.extra["command"], secondsLeft: summary.secondsLeft,
        checkpoints: try directory.checkpointIterations().reversed(),
        evaluations: directory.evaluationNames,
        settings: differences(
          from: summary.base(in: context), to: summary.configuration
        ).filter { !["extends", "run.name"].contains($0.key) })
      try writeStandardOutput(output.format == .json ? json(details) : details.text)
    }
  }

  /// `fledge runs diff`.
  struct Diff: ContextCommand {
    static let configuration = CommandConfiguration(
      abstract: "The settings in which two runs, configuration files or presets differ.")

    @Argument(help: "A run's directory, a YAML file or a preset's name.")
    var first: String

    @Argument(help: "Another one.")
    var second: String

    @OptionGroup var output: FormatOption

    func run(in context: Context) throws {
      let different = differences(
        from: try configuration(first, in: context), to: try configuration(second, in: context))
      if output.format == .json { return try writeStandardOutput(json(different)) }
      guard !different.isEmpty else {
        return context.report("\(first) and \(second) have the same settings")
      }
      try writeStandardOutput(
        table(
          [["key", first, second]] + different.map { [$0.key, $0.first, $0.second] }, leading: 3))
    }

    /// With every parameter of its environment, as a run's configuration has them.
    private func configuration(_ name: String, in context: Context) throws -> Configuration {
      if let run = try? RunDirectory.open(name) { return try run.configuration() }
      return try Configuration.named(name).filled(
        source: name, environments: context.environments)
    }
  }
}

/// A setting that is another one in two configurations.
struct SettingDifference: Encodable {
  let key: String
  /// As it stands in YAML; `absent` where it is none.
  let first: String
  let second: String
}

/// The settings in which two configurations differ, in the order of the second one.
private func differences(
  from first: Configuration, to second: Configuration
) -> [SettingDifference] {
  let absent = "absent"
  let values = Dictionary(first.entries.map { ($0.key, $0.value) }) { value, _ in value }
  let known = Set(second.entries.map(\.key))
  return second.entries.filter { values[$0.key] != $0.value }.map {
    SettingDifference(key: $0.key, first: values[$0.key] ?? absent, second: $0.value)
  }
    + first.entries.filter { !known.contains($0.key) }.map {
      SettingDifference(key: $0.key, first: $0.value, second: absent)
    }
}

extension RunSummary {
  /// What the run's configuration started from: the preset that it extends or is named after, or the defaults.
  fileprivate func base(in context: Context) -> Configuration {
    let preset = Preset.all.filter {
      configuration.extends == $0.name || facts.name == $0.name
        || facts.name.hasPrefix($0.name + "-")
    }.max { $0.name.count < $1.name.count }
    let base = preset?.configuration ?? Configuration()
    // Where the preset's environment isn't there, its parameters are told as the run's own.
    return (try? base.filled(source: facts.name, environments: context.environments)) ?? base
  }
}

/// What `runs show` tells.
private struct RunDetails: Encodable {
  let row: RunRow
  let failure: String?
  let end: String?
  let command: String?
  let secondsLeft: Double?
  let checkpoints: [Int]
  let evaluations: [String]
  let settings: [SettingDifference]

  private enum CodingKeys: String, CodingKey {
    case failure, end, command, secondsLeft, checkpoints, evaluations, settings
  }

  /// The row's keys and its own, in one object.
  func encode(to encoder: any Encoder) throws {
    try row.encode(to: encoder)
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encodeIfPresent(failure, forKey: .failure)
    try container.encodeIfPresent(end, forKey: .end)
    try container.encodeIfPresent(command, forKey: .command)
    try container.encodeIfPresent(secondsLeft, forKey: .secondsLeft)
    try container.encode(checkpoints, forKey: .checkpoints)
    try container.encode(evaluations, forKey: .evaluations)
    try container.encode(settings, forKey: .settings)
  }

  var text: String {
    let state = failure.map { "\(row.status.rawValue): \($0)" } ?? row.status.rawValue
    let facts: [(String, String?)] = [
      ("run", row.run), ("environment", row.environment), ("method", row.method),
      ("seed", "\(row.seed)"), ("status", state),
      (
        "iterations",
        "\(row.iteration) of \(row.iterations)"
          + (secondsLeft.map { ", \(duration($0)) left" } ?? "")
      ),
      ("environment steps", "\(row.environmentSteps)"),
      ("score", row.score.map { "\(fixed($0)) on \(row.scoreOf ?? "") tasks" }),
      ("begun", row.start), ("ended", end), ("command", command),
      ("checkpoints", list(checkpoints.map(String.init))), ("evaluations", list(evaluations)),
      ("size", byteCount(row.bytes)),
    ]
    let rows = facts.compactMap { name, value in value.map { [name, $0] } }
    guard !settings.isEmpty else { return table(rows, leading: 2) }
    return table(rows, leading: 2) + "\n"
      + table(
        [["key", "preset", "run"]] + settings.map { [$0.key, $0.first, $0.second] }, leading: 3)
  }

  private func list(_ names: [String]) -> String? {
    names.isEmpty ? nil : names.joined(separator: ", ")
  }
}
