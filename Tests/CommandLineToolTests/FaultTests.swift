import Foundation
import RunRecords
import Testing

/// A disk that fails at every moment of a run.
@Suite struct FaultTests {
  /// One thread, so that calls come in the same order each time.
  private static let arguments = [
    "train", "tiny.yaml", "--run", "a", "--iterations", "2", "--set", "run.checkpointEvery=1",
    "--threads", "1", "--quiet",
  ]

  @Test(
    "Whichever write, flush or rename fails, the run ends with 74 and goes on to the same bits",
    arguments: [false, true])
  func everyFault(stays: Bool) throws {
    let sandbox = try Sandbox()
    try sandbox.compile([fixtures + "/faults.c"], to: "faults.so")
    #expect(try sandbox.fledge(Self.arguments).code == 0)
    try sandbox.rename("a", to: "whole")
    var faults = ["LD_PRELOAD": sandbox.path + "/faults.so"]
    if stays { faults["FLEDGE_FAULT_STAYS"] = "1" }
    var count = 0
    while true {
      count += 1
      faults["FLEDGE_FAULT"] = "\(count)"
      let failed = try sandbox.fledge(Self.arguments, setting: faults)
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
    #expect(count > 20, "\(count)")
  }
}
