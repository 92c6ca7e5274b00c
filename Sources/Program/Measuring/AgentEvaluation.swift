internal import EnvironmentKit
internal import Experiments
internal import MetaLearning
internal import Reports
internal import RunRecords
internal import Statistics

/// An agent of another program, measured there on the tasks of a run: what `fledge.evaluate` in Python writes.
struct AgentEvaluation: Decodable {
  let format: String
  let version: Int
  /// Its name.
  let agent: String
  let environment: String
  /// Trials of each task.
  let episodes: Int
  let environmentSteps: Int
  /// What training it took, where that is known.
  let trainingSteps: Int?
  private let curve: [Point]
  private let perTask: [Task]

  private struct Point: Decodable {
    let episodes: Int
  }

  private struct Task: Decodable {
    let task: ParameterValue
    let returns: [Double]
    let successRates: [Double]?
    let adaptationReturns: [Double]
  }

  /// Reads a file, and holds it to the tasks and episodes of a run.
  ///
  /// - Throws: `RecordError` that names the file and what is another than the run's.
  init(file: String, besides run: RunEvaluation) throws {
    let bytes = try readFile(file, limit: 256 << 20)
    guard let text = String(validating: bytes, as: UTF8.self),
      let read: AgentEvaluation = try? value(ofJSON: text), read.format == "fledge-agent",
      read.isWhole
    else {
      throw RecordError(
        .unreadable,
        "\(file) is no evaluation of an agent that fledge.evaluate in Python has written")
    }
    guard read.version == 1 else {
      throw RecordError(.unreadable, "\(file) has version \(read.version), expected 1")
    }
    self = read
    let path = run.directory.path
    guard run.kind != .perStep else {
      throw RecordError(
        .usage,
        "\(file) was measured episode by episode; compare it with --per-episode or --online")
    }
    guard environment == run.experiment.problem.name else {
      throw RecordError(
        .usage, "\(file) is on \(environment), where \(path) is on \(run.experiment.problem.name)")
    }
    guard perTask.map(\.task) == run.tasks.map(\.parameterValue) else {
      throw RecordError(
        .usage,
        "\(file) is on other tasks than \(path); measure the agent like an evaluation that is stored in "
          + "\(path)/evaluations")
    }
    let counts = run.kind == .online ? Array(0..<run.episodes) : run.episodeCounts
    guard curve.map(\.episodes) == counts else {
      throw RecordError(
        .usage,
        "\(file) was measured after \(curve.map(\.episodes)) episodes, where \(path) is after \(counts)"
      )
    }
  }

  /// Whether every task has a number for each point, and an experience as long as the others'.
  private var isWhole: Bool {
    !curve.isEmpty && !perTask.isEmpty && environmentSteps >= 0 && trainingSteps ?? 0 >= 0
      && perTask.allSatisfy {
        $0.returns.count == curve.count && ($0.successRates?.count ?? curve.count) == curve.count
          && $0.adaptationReturns.count == perTask[0].adaptationReturns.count
          && ($0.successRates == nil) == (perTask[0].successRates == nil)
      }
  }

  /// What was measured.
  var adaptationCurve: AdaptationCurve {
    AdaptationCurve(
      points: curve.map { .init(gradientSteps: 0, episodes: $0.episodes) },
      outcomes: perTask.enumerated().map { index, task in
        var outcome = AdaptationCurve.TaskOutcome(task: index)
        outcome.returns = task.returns
        outcome.successRates = task.successRates ?? []
        outcome.experience = task.adaptationReturns
        return outcome
      })
  }
}
