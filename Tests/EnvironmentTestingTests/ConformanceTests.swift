import EnvironmentKit
import EnvironmentTesting
import Testing

private func conformance(_ fault: Fault, _ checks: [ConformanceCheck]) throws -> ConformanceReport {
  let environment = try EnvironmentDefinition(FaultyWorld.self).make(
    parameters: ["fault": .string(fault.rawValue)])
  return checkConformance(of: environment, checks: checks, seed: 3, steps: 20_000)
}

@Suite struct ConformanceTests {
  // Bytes in use are the whole process's: they are counted in one without other tests.
  @Test("A sound environment passes every check, and its rate of steps is told")
  func sound() async {
    await #expect(processExitsWith: .success) {
      let report = try conformance(.none, ConformanceCheck.allCases)
      #expect(report.passed, "\(report)")
      #expect(report.results.map(\.check) == ConformanceCheck.allCases)
      #expect((report.stepsPerSecond ?? 0) > 0)
    }
  }

  @Test("An environment that leaks is found")
  func leak() async {
    await #expect(processExitsWith: .success) {
      let report = try conformance(.leak, [.memory])
      #expect(!report.passed)
      let found = report.description
      #expect(found.contains("memory in use grows by"), "\(found)")
      #expect(found.contains("every 2000 steps"), "\(found)")
      #expect(try conformance(.leak, ConformanceCheck.allCases.filter { $0 != .memory }).passed)
    }
  }

  @Test(
    "Each check finds what is wrong, and where",
    arguments: [
      (Fault.unwritten, ConformanceCheck.written, "component 'constant'", "step 0"),
      (.reward, .finite, "the reward is nan", "step 1"),
      (.outside, .bounds, "component 'x'", "under excessive actions, expected in -2.0...2.0"),
      (.infinite, .finite, "an observation is inf under excessive actions", "component 'x'"),
      (.clock, .repeatable, "two runs with the same seed differ", "component 'x'"),
      (.history, .history, "after other episodes in the same world it differs", "step 0"),
      (.sameStart, .starts, "startsVary: false", "step 0"),
      (.freeStart, .starts, "the specification says startsVary: false", "step 0"),
      (.timeLimit, .termination, "the limit is the framework's", "step 20"),
      (.atOnce, .termination, "every episode terminates at its first step", "step 1"),
      (.freshTasks, .taskDraws, "drawn once more with the same seed", "a train task"),
      (.rounding, .taskJSON, "a task read back from JSON has another episode", "step 1"),
      (.sameTasks, .taskEffect, "16 train tasks are all the same", #"{"target":0.5}"#),
      (.ignored, .taskEffect, "does reset use its task?", "task"),
      (.sharedSplits, .splits, "a train task is a test task too", #"{"target":0.25}"#),
      (.shiftedInside, .splits, "a train task is a shifted task too", "outside of the training"),
      (.neighbours, .parallel, "beside other worlds it differs from alone", "component 'x'"),
    ])
  func finds(fault: Fault, check: ConformanceCheck, problem: String, place: String) throws {
    let report = try conformance(fault, [check])
    #expect(!report.passed)
    let found = report.description
    #expect(found.hasPrefix("environment 'faulty-world' fails \(check.rawValue): "))
    #expect(found.contains(problem) && found.contains(place), "\(found)")
    #expect(found.hasSuffix(", seed 3") && !found.contains("\n"))
  }

  @Test("Every other fault is found by one of the checks")
  func complete() throws {
    let checks = ConformanceCheck.allCases.filter { $0 != .memory }
    for fault in Fault.allCases where fault != .none && fault != .leak {
      #expect(try !conformance(fault, checks).passed, "\(fault)")
    }
  }
}
