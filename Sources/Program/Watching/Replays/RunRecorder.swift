internal import EnvironmentKit
internal import Experiments
internal import Foundation
internal import Measuring
internal import MetaLearning
internal import Reports
internal import RunRecords

/// Lets the newest checkpoint of a run act on a task before and after adaptation. Nothing is written to the run's
/// directory.
struct RunRecorder: Sendable {
  let environments: EnvironmentRegistry
  let algorithms: Algorithms
  /// Whether a library, or data, may have changed since the run began.
  let allowsChanges: Bool

  /// The longest that a recording may take, in seconds.
  private static let longest = 300.0

  /// Records a replay.
  ///
  /// - Parameter run: The run.
  /// - Returns: A JSON object: what `SharedParts` makes of a replay, and the checkpoint's `iteration`.
  /// - Throws: `RecordError` for what is wrong with the run, `PluginError`, what went wrong in an episode, or
  ///   `ReplayRefusal`.
  func document(of run: RunDirectory) throws -> String {
    let deadline = Date.now.addingTimeInterval(Self.longest)
    let observer = EvaluationObserver(shouldStop: { Date.now > deadline })
    var request = EvaluationRequest()
    // A task that training doesn't draw, but none that results are measured on.
    (request.split, request.tasks, request.threads) = (.validation, 1, 1)
    (request.asTrained, request.settlesFacts) = (true, false)
    request.allowsChanges = allowsChanges
    let evaluation = try RunEvaluation(
      of: run.path, asking: request, environments: environments, algorithms: algorithms,
      observer: observer)
    let environment = try evaluation.experiment.environment(for: "a replay").name
    do {
      let episodes = try evaluation.recordings(ofTasks: [0], observer: observer)
      guard
        let replay = Replay(
          task: 0, value: evaluation.tasks[0].parameterValue, episodes: episodes[0],
          hasSteps: !evaluation.learnsWithinEpisodes)
      else { throw ReplayRefusal(description: "\(environment) doesn't show itself") }
      let document = try SharedParts.document(of: replay, environment: environment)
      return document.dropLast() + ",\"iteration\":\(evaluation.state.iteration)}"
    } catch is EvaluationStopped {
      throw ReplayRefusal(
        description: "recording it took longer than \(Int(Self.longest / 60)) minutes; fledge "
          + "render takes all the time it needs")
    }
  }
}

/// Why there is no replay.
struct ReplayRefusal: Error, CustomStringConvertible {
  /// One line.
  let description: String
}
