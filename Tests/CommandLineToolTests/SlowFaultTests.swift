import Foundation
import RunRecords
import Testing

/// A disk that fails at every moment of a run.
@Suite struct SlowFaultTests {
  /// One thread, so that calls come in the same order each time.
  private static let arguments = [
    "train", "tiny.yaml", "--run", "a", "--iterations", "2", "--set", "run.checkpointEvery=1",
    "--threads", "1", "--quiet",
  ]

  @Test(
    "Whichever write, flush or rename fails, the run ends with 74 and goes on to the same bits",
    arguments: [(stays: false, resumes: false), (true, false), (false, true), (true, true)])
  func everyFault(stays: Bool, resumes: Bool) throws {
    let sandbox = try Sandbox()
    try sandbox.compile([fixtures + "/faults.c"], to: "faults.so")
    #expect(try sandbox.fledge(Self.arguments).code == 0)
    try sandbox.rename("a", to: "whole")
    // Killed after its last iteration, so that there is something to cut off as well.
    try sandbox.copy("whole", to: "killed")
    try sandbox.remove("killed/checkpoints/000002.safetensors")
    var faults = ["LD_PRELOAD": sandbox.path + "/faults.so"]
    if stays { faults["FLEDGE_FAULT_STAYS"] = "1" }
    var count = 0
    while true {
      count += 1
      faults["FLEDGE_FAULT"] = "\(count)"
      if resumes { try sandbox.copy("killed", to: "a") }
      let failed = try sandbox.fledge(
        Self.arguments + (resumes ? ["--resume"] : []), setting: faults)
      if failed.code == 0 { break }
      #expect(failed.code == 74 && failed.errorLines.count == 1, "fault \(count): \(failed)")
      let isRun = FileManager.default.fileExists(atPath: sandbox.path + "/a/run.json")
      let rest = try sandbox.fledge(Self.arguments + (isRun ? ["--resume"] : []))
      #expect(rest.code == 0 && rest.errors.isEmpty, "after fault \(count): \(rest)")
      #expect(try sandbox.metrics("a") == sandbox.metrics("whole"), "after fault \(count)")
      #expect(
        try sandbox.state("a", 2) == sandbox.state("whole", 2),
        "after fault \(count): another state"
      )
      try sandbox.remove("a")
    }
    // A run that goes on has its directories and its first checkpoint already.
    #expect(count > (resumes ? 15 : 20), "\(count)")
  }

  @Test("Whichever write, flush or rename fails, an evaluation's result is printed or ends with 74")
  func everyFaultOfEvaluation() throws {
    let sandbox = try Sandbox()
    try sandbox.compile([fixtures + "/faults.c"], to: "faults.so")
    #expect(try sandbox.fledge(Self.arguments).code == 0)
    let evaluate = ["evaluate", "a", "--tasks", "3", "--threads", "1", "--format", "json"]
    let whole = try sandbox.fledge(evaluate)
    #expect(whole.code == 0)
    try sandbox.remove("a/evaluations")
    var refused = 0
    // More than there are: what can't be kept for a later evaluation alone is no failure of this one.
    for count in 1...25 {
      let failed = try sandbox.fledge(
        evaluate,
        setting: ["LD_PRELOAD": sandbox.path + "/faults.so", "FLEDGE_FAULT": "\(count)"])
      let isPrinted = failed.output == whole.output
      #expect(failed.code == 0 ? isPrinted : failed.code == 74, "fault \(count): \(failed)")
      #expect(failed.errorLines.count == (failed.code == 0 ? 0 : 1), "fault \(count): \(failed)")
      refused += failed.code == 0 ? 0 : 1
      #expect(try sandbox.fledge(evaluate).output == whole.output, "after fault \(count)")
      try? sandbox.remove("a/evaluations")
    }
    #expect((5..<20).contains(refused), "\(refused)")
  }
}
