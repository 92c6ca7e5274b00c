import Adaptation
import Deployment
import Differentiation
import EnvironmentKit
import Evaluation
import MetaLearning
import Parallel
import Policies
import Rollouts
import Testing

@Suite struct AdaptingTests {
  /// What an evaluation per episode knows after episodes.
  private func evaluated<Kind: Adaptation>(
    _ adaptation: Kind, _ exports: Exports, steps: Int
  ) throws -> (arrays: [String: Tensor<Float>], episodes: Episodes) {
    var progress = adaptation.begin()
    let actor = adaptation.explorer(progress) ?? adaptation.actor(progress)
    let episodes = try exports.collected(3, by: actor)
    adaptation.learn(&progress, from: episodes, repetitions: steps)
    return (adaptation.arrays(of: progress) ?? [:], episodes)
  }

  @Test(
    "Recorded episodes lead to the very parameters that an evaluation adapts to",
    arguments: ["trpo", "imaml"] as [OuterMethodName], [1, 2])
  func gradients(method: OuterMethodName, steps: Int) throws {
    for wide in [nil, 0.5] {
      let exports = try Exports(method) { $0.inner.minimumLogStandardDeviation = wide }
      let (expected, episodes) = try evaluated(exports.exported.adaptation, exports, steps: steps)
      var adapted = exports.exported
      let change = try adapted.adapt(to: episodes.histories, steps: steps)
      #expect(adapted.parameters.bits == expected["parameters"]?.bits)
      #expect(adapted.parameters.bits != exports.exported.parameters.bits)
      #expect(change.distance > 0 && change.divergence ?? 0 > 0)
      #expect((change.episodes, change.steps) == (3, 36))
    }
  }

  @Test(
    "What an export returns after adapting to an evaluation's episodes is what the evaluation says")
  func returns() throws {
    let exports = try Exports("trpo")
    let counts = [0, 1, 3]
    let curve = try AdaptationMeasurement(
      environment: exports.environment, adaptation: exports.exported.adaptation,
      tasks: [exports.task()], seed: 11, team: Threads(1)
    ).perEpisode(counts, steps: 2, episodes: 4)
    let beginning = Actor(exports.exported.policy, parameters: exports.exported.parameters)
    let experience = try exports.collected(3, by: beginning).histories
    for (point, count) in counts.enumerated() {
      var adapted = exports.exported
      if count > 0 { try adapted.adapt(to: Array(experience.prefix(count)), steps: 2) }
      let folder = TemporaryFolder()
      try adapted.write(to: folder.path)
      let read = try ExportedPolicy(folder: folder.path)
      let measured = try exports.collected(
        4, by: Actor(read.policy, parameters: read.parameters), phase: 1)
      #expect(measured.meanReturn == curve.outcomes[0].returns[point])
    }
  }

  @Test("A recurrent policy that is shown what happened adapts by gradients too, and choices do")
  func recurrent() throws {
    let exports = try Exports("trpo") {
      ($0.policy.network, $0.policy.inputs) = (.gatedRecurrent, .history)
    }
    let (expected, episodes) = try evaluated(exports.exported.adaptation, exports, steps: 1)
    let histories = episodes.histories(width: exports.environment.specification.observationWidth)
    var adapted = exports.exported
    try adapted.adapt(to: histories)
    #expect(adapted.parameters.bits == expected["parameters"]?.bits)
  }

  @Test(
    "What is remembered or inferred of recorded episodes is what acting leaves",
    arguments: ["rl2", "varibad", "pearl"] as [OuterMethodName])
  func within(method: OuterMethodName) throws {
    let exports = try Exports(method)
    let (expected, found) = try trial(exports.exported.adaptation, exports)
    #expect(Set(expected.keys) == Set(found.keys) && !expected.isEmpty)
    for (name, array) in expected {
      // Acting takes rows side by side, of which there is one in both.
      #expect(found[name]?.bits == array.bits, "\(name)")
    }
  }

  /// What two episodes one after the other leave, by acting and by the record of it.
  private func trial<Kind: Adaptation>(
    _ adaptation: Kind, _ exports: Exports
  ) throws -> (acting: [String: Tensor<Float>], recorded: [String: Tensor<Float>]) {
    var progress = adaptation.begin()
    var histories: [EpisodeHistory] = []
    for phase in 0..<2 {
      let episodes = try exports.collected(1, by: adaptation.actor(progress), phase: phase)
      histories += episodes.histories(
        width: exports.environment.specification.observationWidth)
      adaptation.learn(&progress, from: episodes, repetitions: nil)
    }
    var adapted = exports.exported
    let change = try adapted.adapt(to: histories)
    #expect(change.divergence == nil && change.distance == 0)
    return (adaptation.arrays(of: progress) ?? [:], adapted.learned?.arrays ?? [:])
  }

  @Test("Adapting goes on from what was learned, with the next step's sizes")
  func goesOn() throws {
    let exports = try Exports("trpo")
    guard let adaptation = exports.exported.adaptation as? GradientAdaptation else {
      Issue.record("a trust region's policy adapts by gradients")
      return
    }
    var progress = adaptation.begin()
    var adapted = exports.exported
    for phase in 0..<2 {
      let episodes = try exports.collected(3, by: adaptation.actor(progress), phase: phase)
      adaptation.learn(&progress, from: episodes, repetitions: 1)
      try adapted.adapt(to: episodes.histories)
    }
    #expect(adapted.parameters.bits == progress.parameters.bits)
    #expect(adapted.learned?.episodes == 6 && adapted.learned?.steps == 72)
  }

  @Test("What can't be learned from is refused, and the policy stays as it was")
  func refusals() throws {
    var exported = try Exports("trpo").exported
    #expect(throws: PolicyMisuse("there are no episodes to adapt to")) {
      try exported.adapt(to: [])
    }
    let endless = EpisodeHistory(
      observations: [0, 0, 1e30, 1e30], actions: [0, 1e30], rewards: [1], terminated: false)
    #expect(throws: PolicyMisuse.self) { try exported.adapt(to: [endless, endless]) }
    #expect(exported.learned == nil)
  }
}

extension Episodes {
  /// Of what the policy was shown, what was observed comes first.
  func histories(width: Int) -> [EpisodeHistory] {
    let shown = finalObservations.shape.columns
    return histories.map { history in
      var history = history
      let rows = history.observations.count / shown
      history.observations = (0..<rows).flatMap {
        history.observations[$0 * shown..<$0 * shown + width]
      }
      return history
    }
  }
}
