internal import ArgumentParser
internal import Experiments
internal import MetaLearning
internal import Reports
internal import RunRecords

/// `fledge gradcheck`.
struct Gradcheck: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare the configured meta-gradient with finite differences, in double precision.",
    discussion: """
      Checks the meta-gradient and the curvature products of your own configuration. Exits with 70 \
      if one is wrong.
      """)

  @OptionGroup var options: ConfigurationOptions

  @Flag(
    name: .customLong("break-a-derivative"),
    help: "Take the meta-gradient of another loss, to see the check fail.")
  var isBroken = false

  @OptionGroup var output: FormatOption

  func run(in context: Context) throws {
    let experiment = try options.experiment(options.read(), in: context)
    let checks = try gradientChecks(
      experiment.problem, settings: experiment.metaLearning, seed: experiment.seed,
      isBroken: isBroken)
    let result = Result(
      checks: checks.map { check in
        Result.Check(
          name: check.name, relativeError: check.relativeError, tolerance: check.tolerance,
          passed: check.passed)
      }, passed: checks.allSatisfy(\.passed))
    try writeStandardOutput(output.format == .json ? json(result) : result.text)
    let failed = checks.filter { !$0.passed }.map(\.name)
    guard failed.isEmpty else {
      throw RecordError(
        .fault,
        "\(options.config): \(failed.joined(separator: ", ")) "
          + "off from finite differences beyond the tolerance")
    }
  }

  /// What the command prints, with the keys that scripts rely on.
  struct Result: Encodable {
    let checks: [Check]
    let passed: Bool

    struct Check: Encodable {
      let name: String
      let relativeError: Double
      let tolerance: Double
      let passed: Bool
    }

    /// The result for people.
    var text: String {
      let heading = ["check", "relative error", "tolerance", ""]
      let rows = checks.map { check in
        [
          check.name, scientific(check.relativeError), scientific(check.tolerance),
          check.passed ? "passed" : "FAILED",
        ]
      }
      return table([heading] + rows)
    }
  }
}
