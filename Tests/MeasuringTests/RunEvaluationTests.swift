import EnvironmentKit
import Experiments
import Foundation
import Measuring
import PointNavigation
import Reports
import RunRecords
import Synchronization
import Testing
import Training

/// A run that was trained for a moment, in a directory that is removed with the value.
private final class TrainedRun {
  let path = FileManager.default.temporaryDirectory.path + "/fledge-measuring-" + UUID().uuidString
  let environments: EnvironmentRegistry

  init(_ change: (inout Configuration) -> Void = { _ in }) throws {
    var environments = EnvironmentRegistry()
    try environments.register(PointNavigation.self)
    self.environments = environments
    var configuration = Configuration()
    configuration.environment.parameters = ["horizon": .integer(5)]
    configuration.policy.hiddenSizes = [4]
    configuration.inner.episodes = 2
    configuration.outer.method = .adam
    configuration.outer.tasks = 2
    configuration.outer.iterations = 2
    configuration.evaluation.tuningTasks = 2
    configuration.run.threads = 1
    change(&configuration)
    let experiment = try Experiment(configuration, source: "test", environments: environments)
    _ = try TrainingRun(starting: experiment, at: path).train()
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// The evaluation of five tasks, with whatever else is asked.
  func evaluation(
    _ change: (inout EvaluationRequest) -> Void = { _ in }
  ) throws -> RunEvaluation {
    var request = EvaluationRequest()
    request.tasks = 5
    change(&request)
    return try RunEvaluation(of: path, asking: request, environments: environments)
  }

  /// The files of its evaluations.
  func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path + "/evaluations").sorted()
  }
}

/// Keeps what an observer is told.
private final class Told: Sendable {
  private let state = Mutex<(notes: [String], measured: [Int])>(([], []))

  var notes: [String] { state.withLock(\.notes) }
  /// How many tasks had been measured, each time that one was.
  var measured: [Int] { state.withLock(\.measured) }

  /// An observer that stops once so many tasks are measured.
  func observer(stoppingAfter limit: Int = .max) -> EvaluationObserver {
    EvaluationObserver(shouldStop: { (self.measured.last ?? 0) >= limit }) { event in
      self.state.withLock { state in
        switch event {
        case .note(let line): state.notes.append(line)
        case .measured(let tasks, _): state.measured.append(tasks)
        case .choosing, .measuring, .ended: break
        }
      }
    }
  }
}

@Suite struct RunEvaluationTests {
  @Test("What was measured once is read from the run's directory, by any program")
  func stored() throws {
    let run = try TrainedRun()
    let told = Told()
    let first = try run.evaluation().storedResult(observer: told.observer())
    #expect(told.measured == [1, 2, 3, 4, 5])
    #expect(told.notes == ["measuring \(run.path)"])
    #expect(try run.files() == ["000002-test-5tasks-3steps-2episodes-seed1.json"])
    let second = try run.evaluation().storedResult(observer: told.observer())
    #expect(told.measured.count == 5 && told.notes.count == 1)
    #expect(try json(second) == json(first))
    #expect(first.curve.map(\.gradientSteps) == [0, 1, 2, 3] && first.perTask.count == 5)
  }

  @Test("An evaluation that is stopped keeps what it has measured, and goes on to the same numbers")
  func stopped() throws {
    let run = try TrainedRun()
    // Chosen now, so that nothing but measuring is stopped.
    let whole = try run.evaluation().result()
    let told = Told()
    let error = #expect(throws: EvaluationStopped.self) {
      try run.evaluation().result(observer: told.observer(stoppingAfter: 2))
    }
    guard case .measuring(run.path, 2, 5, true)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try run.files() == ["000002-test-5tasks-3steps-2episodes-seed1.partial"])
    let rest = Told()
    #expect(try json(run.evaluation().result(observer: rest.observer())) == json(whole))
    #expect(rest.measured == [3, 4, 5])
    #expect(try run.files() == [])
  }

  @Test("A choice of how a run adapts can be stopped, too, and leaves nothing")
  func stoppedChoice() throws {
    let run = try TrainedRun()
    let error = #expect(throws: EvaluationStopped.self) {
      try run.evaluation().result(observer: Told().observer(stoppingAfter: 0))
    }
    guard case .choosing(run.path)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let directory = try RunDirectory.open(run.path)
    #expect(!FileManager.default.fileExists(atPath: directory.adaptationPath))
    #expect(!FileManager.default.fileExists(atPath: directory.evaluationsPath))
  }

  @Test("Evaluations of different questions have different names")
  func names() throws {
    let run = try TrainedRun()
    let changes: [(inout EvaluationRequest) -> Void] = [
      { _ in }, { $0.checkpoint = .iteration(0) }, { $0.split = .validation }, { $0.tasks = 6 },
      { $0.seed = 2 }, { $0.steps = 1 }, { $0.episodes = 3 }, { $0.kind = .perEpisode },
      { $0.kind = .online },
      { $0.asTrained = true },
    ]
    let names = try changes.map { try run.evaluation($0).name }
    let trained = try run.evaluation().onTrainedTasks()
    #expect(Set(names + [trained.name]).count == changes.count + 1)
    // No more tasks than training has drawn.
    #expect(trained.tasks.count == 4)
  }

  @Test("Who learns within episodes is measured by episodes, alone and beside who takes steps")
  func memory() throws {
    let run = try TrainedRun {
      $0.outer.method = .rl2
      $0.metaLearning.remember()
      $0.policy.hiddenSizes = [4]
      $0.outer.trials.episodes = 2
    }
    let evaluation = try run.evaluation()
    #expect(evaluation.learnsWithinEpisodes && evaluation.kind == .perEpisode)
    let result = try evaluation.result()
    #expect(result.curve.map(\.episodes) == [0, 1, 2, 3, 5, 10, 20, 40])
    #expect(result.curve.allSatisfy { $0.gradientSteps == 0 } && result.adaptation == nil)
    #expect(result.notes?.last?.hasPrefix("trained on trials of 2 episodes") == true)
    #expect(try run.evaluation { $0.kind = .online }.result().curve.count == 2)
    let error = #expect(throws: RecordError.self) { try run.evaluation { $0.steps = 2 } }
    #expect(error?.kind == .usage && error?.message.contains("use --per-episode or") == true)

    let gradient = try TrainedRun()
    for paths in [[gradient.path, run.path], [run.path, gradient.path]] {
      let both = { (kind: EvaluationRequest.CurveKind) in
        var request = EvaluationRequest()
        (request.tasks, request.kind) = (3, kind)
        return try MethodRuns(paths, asking: request, environments: run.environments)
      }
      let mixed = #expect(throws: RecordError.self) { try both(.perStep) }
      #expect(mixed?.kind == .usage && mixed?.message.contains("--per-episode or") == true)
      let points = try both(.perEpisode).results().filter { $0.name != "optimum" }.map(\.points)
      #expect(Set(points.map { $0.map(\.episodes) }).count == 1)
    }
  }
}
