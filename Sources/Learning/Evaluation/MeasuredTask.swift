internal import EnvironmentKit
internal import Policies
internal import Rollouts
internal import Statistics

/// One task, whose episodes are collected and counted.
struct MeasuredTask {
  let collector: Collector
  let task: AnyTask
  let seed: UInt64
  let record: MeasurementRecord
  var outcome: AdaptationCurve.TaskOutcome
  /// The first episode of each measurement, where that is asked for.
  var recorded: [RecordedEpisode]?
  /// The environment steps that were learned from.
  private(set) var learnedSteps = 0
  private var successRates: [Double?] = []

  init(
    collector: Collector, task: AnyTask, seed: UInt64, record: MeasurementRecord,
    outcome: AdaptationCurve.TaskOutcome
  ) {
    (self.collector, self.task, self.seed) = (collector, task, seed)
    (self.record, self.outcome) = (record, outcome)
  }

  /// Collects fresh episodes and keeps what they tell.
  mutating func measure(
    _ count: Int, _ actor: Actor, phase: Int
  ) throws -> Episodes {
    var view = EpisodeView()
    let watch: Collector.Watch = { worlds, isLast throws(WorldFailure) in
      try view.look(at: worlds, isLast: isLast)
    }
    let measured = try collect(
      count, actor, phase: phase, watch: recorded == nil ? nil : watch)
    outcome.returns.append(measured.meanReturn)
    successRates.append(measured.successRate)
    // Where some episodes tell of success, those of which none does have not succeeded.
    let tells = successRates.contains { $0 != nil }
    outcome.successRates = tells ? successRates.map { $0 ?? 0 } : []
    recorded?.append(
      RecordedEpisode(
        scenes: view.scenes, pictures: view.pictures,
        rewards: Array(measured.rewards[measured.steps(of: 0)]),
        terminated: measured.terminated[0], succeeded: measured.succeeded?[0]))
    return measured
  }

  /// Counts episodes that are learned from, by what they returned.
  mutating func learned(from episodes: Episodes, _ returns: [Double]) {
    outcome.experience += returns
    learnedSteps += episodes.stepCount
  }

  mutating func collect(
    _ count: Int, _ actor: Actor, phase: Int,
    watch: Collector.Watch? = nil
  ) throws -> Episodes {
    try record.checkStop()
    // Training counts its iterations from 1, so iteration 0 names streams of evaluation alone.
    let collected = try collector.collect(
      count, task: task, by: actor,
      name: CollectionName(seed: seed, iteration: 0, task: outcome.task, phase: phase),
      watch: watch)
    outcome.environmentSteps += collected.stepCount
    return collected
  }
}
