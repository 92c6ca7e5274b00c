/// How far a study is, and what follows from it: a pure function of its plan and its jobs.
struct StudyProgress: Sendable {
  let plan: StudyPlan
  let jobs: [Job.Key: Job]
  /// Why trials failed, at the first rung and seed of those where they did.
  private let failures: [Int: String]

  /// The state of a study.
  ///
  /// - Parameters:
  ///   - plan: What it does.
  ///   - jobs: What there is to do, and what was done.
  init(_ plan: StudyPlan, _ jobs: [Job]) {
    self.plan = plan
    // A store that was edited may name trials that there aren't.
    let known = jobs.filter {
      $0.key.phase == .report || plan.trials.indices.contains($0.key.trial - 1)
    }
    self.jobs = Dictionary(known.map { ($0.key, $0) }) { $1 }
    let failed = known.filter { $0.key.phase == .tuning && $0.state == .failed }
      .sorted { ($0.key.rung, $0.key.seed) < ($1.key.rung, $1.key.seed) }
    failures = Dictionary(failed.map { ($0.key.trial, $0.message ?? "") }) { first, _ in first }
  }

  /// The jobs that there should be by now; those that are there already among them.
  var due: [Job.Key] {
    let tuning = plan.tunedMethods.flatMap(tuningJobs)
    guard areOver(tuning) else { return tuning }
    let final = plan.settings.methods.compactMap(chosen).flatMap { trial in
      plan.settings.seeds.final.map { Job.Key(phase: .final, trial: trial, rung: 0, seed: $0) }
    }
    guard areOver(final) else { return tuning + final }
    return tuning + final + [Job.Key(phase: .report, trial: 0, rung: 0, seed: 0)]
  }

  /// Whether nothing is left to do.
  var isFinished: Bool { areOver(due) }

  private func areOver(_ keys: [Job.Key]) -> Bool { keys.allSatisfy { jobs[$0]?.isOver == true } }

  /// The trial that a method is finished with: the best of those that came farthest, where there is more than one.
  ///
  /// - Parameter method: The method's name.
  /// - Returns: nil where every trial failed.
  func chosen(_ method: String) -> Int? {
    let trials = trials(of: method)
    guard trials.count > 1 else { return trials.first?.number }
    for rung in (0..<rungCount(of: method)).reversed() {
      let sound = scores(of: method, at: rung).compactMapValues { $0 }.filter {
        !$0.value.isNaN && failure(of: $0.key) == nil
      }
      let best = sound.min { ($1.value, $0.key) < ($0.value, $1.key) }
      if let best { return best.key }
    }
    return nil
  }

  /// A trial's score at a rung, the mean over seeds.
  ///
  /// - Returns: nil before it was measured with every seed, not a number where it failed with one.
  func score(of trial: Int, at rung: Int) -> Double? {
    let parts = plan.settings.seeds.tuning.map { seed in
      jobs[Job.Key(phase: .tuning, trial: trial, rung: rung, seed: seed)]
    }
    let over = parts.compactMap { $0 }.filter(\.isOver)
    guard over.count == parts.count else { return nil }
    return over.reduce(0) { $0 + ($1.measured?.score ?? .nan) } / Double(over.count)
  }

  /// Why a trial failed, at its first rung and seed of those where it did; nil where it didn't.
  func failure(of trial: Int) -> String? { failures[trial] }

  /// The last rung that a trial was measured at; nil where there is none yet.
  func lastRung(of trial: StudyPlan.Trial) -> Int? {
    trial.rungs.indices.last { score(of: trial.number, at: $0) != nil }
  }

  /// Whether a trial was measured at its last rung.
  func isComplete(_ trial: StudyPlan.Trial) -> Bool {
    lastRung(of: trial) == trial.rungs.count - 1
  }

  private func trials(of method: String) -> [StudyPlan.Trial] {
    plan.trials.filter { $0.method == method }
  }

  private func rungCount(of method: String) -> Int {
    trials(of: method).map(\.rungs.count).max() ?? 0
  }

  /// The trials that are at a rung, with their scores where they have one.
  private func scores(of method: String, at rung: Int) -> [Int: Double?] {
    let seeds = plan.settings.seeds.tuning
    let there = trials(of: method).map(\.number).filter { trial in
      rung == 0
        || seeds.contains {
          jobs[Job.Key(phase: .tuning, trial: trial, rung: rung, seed: $0)] != nil
        }
    }
    return Dictionary(uniqueKeysWithValues: there.map { ($0, score(of: $0, at: rung)) })
  }

  /// Jobs of a method's trials up to the rungs that they have reached.
  private func tuningJobs(of method: String) -> [Job.Key] {
    var keys: [Job.Key] = []
    var there = trials(of: method).map(\.number)
    var isComplete = true
    for rung in 0..<rungCount(of: method) where !there.isEmpty {
      keys += there.flatMap { trial in
        plan.settings.seeds.tuning.map {
          Job.Key(phase: .tuning, trial: trial, rung: rung, seed: $0)
        }
      }
      let scores = Dictionary(uniqueKeysWithValues: there.map { ($0, score(of: $0, at: rung)) })
      let known = scores.compactMapValues { $0 }
      isComplete = isComplete && known.count == scores.count
      guard isComplete || plan.settings.halving.kind == .asynchronous else { break }
      // Who has gone on stays on, though others have overtaken it since.
      let gone = there.filter { trial in
        plan.settings.seeds.tuning.contains {
          jobs[Job.Key(phase: .tuning, trial: trial, rung: rung + 1, seed: $0)] != nil
        }
      }
      let promoted = plan.settings.halving.promoted(known, isComplete: isComplete)
      there = gone + promoted.filter { !gone.contains($0) }
    }
    return keys
  }
}
