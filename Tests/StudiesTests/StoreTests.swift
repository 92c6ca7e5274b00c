import Foundation
import GRDB
import RunRecords
import Synchronization
import Testing

@testable import Studies

/// What several processes do of a study.
@Suite struct StoreTests {
  @Test("Each job is given to one worker alone, however many ask")
  func claims() throws {
    let folder = try TemporaryFolder()
    let plan = try halving("synchronous")
    let path = folder.path + "/study.sqlite"
    let done = Mutex<[Job.Key]>([])
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      do {
        let store = try StudyStore(path, entries: plan.entries, source: "a.yaml")
        while true {
          let (key, progress) = try store.claim(plan)
          guard let key else {
            if progress.isFinished { return }
            continue
          }
          done.withLock { $0.append(key) }
          let value = Job.Measured(
            values: [score(key)], iterations: 1, trainingSteps: 1, measuringSteps: 1)
          try store.finish(key, key.phase == .report ? nil : value)
        }
      } catch {
        Issue.record(error)
      }
    }
    let keys = done.withLock { $0 }
    #expect(keys.count == Set(keys).count)
    // Three rungs, two runs at the end, and the report.
    #expect(keys.count == 37)
  }

  @Test("What was measured is read back to the last bit, and what isn't a number as such")
  func numbers() throws {
    let folder = try TemporaryFolder()
    let plan = try halving("none")
    let store = try StudyStore(folder.path + "/s", entries: plan.entries, source: "a.yaml")
    let key = try #require(try store.claim(plan).job)
    let values = [0.1 + 0.2, -1e-300, .nan]
    try store.finish(
      key, Job.Measured(values: values, iterations: 3, trainingSteps: 7, measuringSteps: 9))
    let found = try #require(try store.progress(plan).jobs[key]?.measured)
    #expect(found.values[0] == values[0] && found.values[1] == values[1] && found.values[2].isNaN)
    #expect(found.iterations == 3 && found.trainingSteps == 7 && found.measuringSteps == 9)
  }

  @Test("A job of a process that has ended is given to another; one of a live process isn't")
  func lost() throws {
    let folder = try TemporaryFolder()
    let plan = try plan("axes: {inner.stepSize: [0.1, 0.2]}")
    let path = folder.path + "/s"
    let store = try StudyStore(path, entries: plan.entries, source: "a.yaml")
    let first = try #require(try store.claim(plan).job)
    let other = try StudyStore(path, entries: plan.entries, source: "a.yaml")
    let second = try #require(try other.claim(plan).job)
    #expect(first != second)
    #expect(try other.claim(plan).job == nil)
    // As if the first worker's process number were another process's by now.
    try DatabaseQueue(path: path).write {
      try $0.execute(sql: "UPDATE worker SET start = '1' WHERE id = 1")
    }
    #expect(try other.claim(plan).job == first)
    // Who was given up and comes back changes nothing any more.
    let late = Job.Measured(values: [9], iterations: 1, trainingSteps: 1, measuringSteps: 1)
    try store.finish(first, late)
    try store.fail(first, "late")
    try store.release(first)
    #expect(try store.progress(plan).jobs[first]?.state == .running)
    try other.finish(
      first, Job.Measured(values: [1], iterations: 1, trainingSteps: 1, measuringSteps: 1))
    try store.fail(first, "late")
    #expect(try store.progress(plan).jobs[first]?.measured?.values == [1])
  }

  @Test("A study's file that changed under way is refused with what it was")
  func changed() throws {
    let folder = try TemporaryFolder()
    let before = try plan("axes: {inner.stepSize: [0.1, 0.2]}")
    _ = try StudyStore(folder.path + "/s", entries: before.entries, source: "a.yaml")
    for (text, key) in [
      ("axes: {inner.stepSize: [0.1, 0.3]}", "axes.inner.stepSize.values is [0.1, 0.3]"),
      ("axes: {inner.stepSize: [0.2, 0.1]}", "axes.inner.stepSize.values is [0.2, 0.1]"),
      ("axes: {inner.stepSize: [0.1, 0.2]}\nseeds: {tuning: 2}", "seeds.tuning is [\"2\"]"),
      ("axes: {inner.stepSize: [0.1, 0.2]}\nset: [inner.episodes=3]", "set is "),
    ] {
      let after = try plan(text)
      #expect {
        _ = try StudyStore(folder.path + "/s", entries: after.entries, source: "a.yaml")
      } throws: { error in
        let message = (error as? RunRecords.RecordError)?.message ?? ""
        return message.contains(key) && message.contains("put it back")
      }
    }
  }

  @Test("Axes in another order are another study: they give trials their numbers")
  func order() throws {
    let folder = try TemporaryFolder()
    let axes = ["inner.stepSize: [0.1, 0.2]", "outer.learningRate: [0.1, 0.2]"]
    let texts = [axes, axes.reversed()].map { "axes:\n  " + $0.joined(separator: "\n  ") }
    _ = try StudyStore(folder.path + "/s", entries: plan(texts[0]).entries, source: "a.yaml")
    #expect(throws: RunRecords.RecordError.self) {
      try StudyStore(folder.path + "/s", entries: plan(texts[1]).entries, source: "a.yaml")
    }
  }

  @Test("What has failed is tried once more where that is asked for")
  func retry() throws {
    let folder = try TemporaryFolder()
    let plan = try halving("none")
    let store = try StudyStore(folder.path + "/s", entries: plan.entries, source: "a.yaml")
    let key = try #require(try store.claim(plan).job)
    try store.fail(key, "once")
    #expect(try store.progress(plan).failure(of: key.trial) == "once")
    try store.retry()
    #expect(try store.claim(plan).job == key)
  }

  @Test("A file that is no database, a damaged one, or a folder that can't be written is one line")
  func damaged() throws {
    let folder = try TemporaryFolder()
    let plan = try halving("none")
    let path = folder.path + "/s"
    try Data("rubbish that is long enough to be read as a header".utf8)
      .write(to: URL(fileURLWithPath: path))
    for (place, kind) in [
      (path, RunRecords.RecordError.Kind.unreadable), (folder.path + "/none/s", .inputOutput),
    ] {
      #expect {
        _ = try StudyStore(place, entries: plan.entries, source: "a.yaml")
      } throws: { ($0 as? RunRecords.RecordError)?.kind == kind }
    }
  }
}
