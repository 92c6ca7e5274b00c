import Randomness
import Testing

@testable import Studies

/// Which trials go on, whoever is done first.
@Suite struct ProgressTests {
  /// Does the due jobs in a random order to the end.
  private func finished(
    _ plan: StudyPlan, seed: UInt64, failing: Set<Int> = []
  ) -> (progress: StudyProgress, order: [Job.Key]) {
    var random = RandomStream(key: seed)
    var jobs: [Job] = []
    var order: [Job.Key] = []
    while true {
      let progress = StudyProgress(plan, jobs)
      let waiting = progress.due.filter { progress.jobs[$0]?.isOver != true }
      guard !waiting.isEmpty else { return (progress, order) }
      let key = waiting[random.index(below: waiting.count)]
      order.append(key)
      var job = Job(key: key, state: failing.contains(key.trial) ? .failed : .done)
      if job.state == .done {
        job.measured = Job.Measured(
          values: [score(key)], iterations: 1, trainingSteps: 1, measuringSteps: 1)
      }
      jobs.append(job)
    }
  }

  private func trials(_ progress: StudyProgress, at rung: Int) -> Set<Int> {
    Set(progress.jobs.keys.filter { $0.phase == .tuning && $0.rung == rung }.map(\.trial))
  }

  @Test("Successive halving ends alike in whatever order trials are done", arguments: 1...20)
  func order(seed: UInt64) throws {
    let plan = try halving("synchronous", seeds: "1...2")
    let progress = finished(plan, seed: seed).progress
    let best = plan.trials.map(\.number).sorted { $0 * 7 % 24 > $1 * 7 % 24 }
    #expect(trials(progress, at: 0).count == 24)
    #expect(trials(progress, at: 1) == Set(best.prefix(8)))
    #expect(trials(progress, at: 2) == Set(best.prefix(2)))
    #expect(progress.chosen("maml") == best[0])
    #expect(progress.jobs.keys.filter { $0.phase == .final }.map(\.seed).sorted() == [101, 102])
    #expect(progress.jobs.keys.filter { $0.phase == .final }.allSatisfy { $0.trial == best[0] })
  }

  @Test("No trial goes on before all have come as far, and none is done twice")
  func barrier() throws {
    let order = finished(try halving("synchronous"), seed: 5).order
    let places = { (rung: Int) in
      order.indices.filter { order[$0].phase == .tuning && order[$0].rung == rung }
    }
    for rung in 0..<2 {
      let (last, first) = (try #require(places(rung).max()), try #require(places(rung + 1).min()))
      #expect(last < first)
    }
    #expect(Set(order).count == order.count)
    #expect(order.last?.phase == .report)
  }

  @Test(
    "Without waiting, trials go on early, never more than the factor allows, and it ends",
    arguments: 1...20)
  func asynchronous(seed: UInt64) throws {
    let plan = try halving("asynchronous")
    let (progress, order) = finished(plan, seed: seed)
    let first = try #require(order.firstIndex { $0.rung == 1 })
    let last = try #require(order.lastIndex { $0.phase == .tuning && $0.rung == 0 })
    #expect(first < last)
    // The best trial goes on in any order: at the end it is among the best third of all.
    let best = try #require(plan.trials.map(\.number).max { $0 * 7 % 24 < $1 * 7 % 24 })
    #expect(trials(progress, at: 2).contains(best))
    #expect(progress.chosen("maml") == best)
    #expect(Set(order).count == order.count)
    for (index, key) in order.enumerated() where key.phase == .tuning && key.rung > 0 {
      let below = order[..<index].count { $0.phase == .tuning && $0.rung == key.rung - 1 }
      let gone = Set(order[...index].filter { $0.phase == .tuning && $0.rung == key.rung })
      // Who went on is overtaken later, so that more than a third may have.
      #expect(gone.count <= below)
    }
  }

  @Test("Trials that fail don't go on; where all fail, no run at the end is begun")
  func failures() throws {
    let plan = try halving("synchronous")
    let best = plan.trials.map(\.number).sorted { $0 * 7 % 24 > $1 * 7 % 24 }
    let some = finished(plan, seed: 1, failing: Set(best.prefix(3))).progress
    #expect(some.chosen("maml") == best[3])
    let all = finished(plan, seed: 1, failing: Set(best)).progress
    #expect(all.chosen("maml") == nil)
    #expect(!all.jobs.keys.contains { $0.phase == .final })
    #expect(all.isFinished)
    #expect(StudyTables(all).summary.contains("every trial failed"))
  }

  @Test("A trial that fails at its last rung isn't chosen for what it was before")
  func lateFailure() throws {
    let plan = try halving("synchronous")
    let whole = finished(plan, seed: 1).progress
    let best = try #require(whole.chosen("maml"))
    var jobs = Array(whole.jobs.values)
    let index = try #require(jobs.firstIndex { $0.key.trial == best && $0.key.rung == 2 })
    (jobs[index].state, jobs[index].measured) = (.failed, nil)
    let other = try #require(StudyProgress(plan, jobs).chosen("maml"))
    #expect(other != best)
    jobs.append(Job(key: Job.Key(phase: .tuning, trial: 99, rung: 0, seed: 1), state: .done))
    #expect(StudyProgress(plan, jobs).chosen("maml") == other)
  }

  @Test("A method with one setting is finished without tuning")
  func single() throws {
    let progress = finished(try plan("seeds: {final: 5...7}"), seed: 1).progress
    #expect(progress.jobs.keys.filter { $0.phase == .final }.map(\.seed).sorted() == [5, 6, 7])
    #expect(!progress.jobs.keys.contains { $0.phase == .tuning })
  }

  @Test("Tables are the same in whatever order trials are done")
  func tables() throws {
    let plan = try halving("synchronous", seeds: "1...2")
    let first = StudyTables(finished(plan, seed: 1).progress).files.map(\.text)
    let second = StudyTables(finished(plan, seed: 2).progress).files.map(\.text)
    #expect(first == second)
    let lines = first[0].split(separator: "\n")
    #expect(lines.count == 69)
  }
}
