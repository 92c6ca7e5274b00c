import Foundation
import RunRecords
import Testing

/// What training promises about a run's records.
@Suite struct RunTests {
  @Test(
    "1, 2 and 3 threads give the same metrics and parameters to the last bit",
    arguments: [
      [], ["outer.method=trpo", "outer.stepWeights=[]", "inner.stepSizeRule=fixed"],
    ])
  func threads(changes: [String]) throws {
    let sandbox = try Sandbox()
    for threads in 1...3 {
      let arguments = ["train", "tiny.yaml", "--quiet", "--threads", "\(threads)"]
      let name = ["--run", "t\(threads)"]
      let run = try sandbox.start(arguments + name + changes.flatMap { ["--set", $0] })
      run.process.waitUntilExit()
      let result = try run.finished()
      #expect(result.code == 0, "\(result.errors)")
    }
    for threads in 2...3 {
      #expect(try sandbox.metrics("t\(threads)") == sandbox.metrics("t1"))
      #expect(try sandbox.state("t\(threads)") == sandbox.state("t1"))
    }
    #expect(try sandbox.metrics("t1").count == 6)
  }

  @Test("A resumed run falls back to the newest sound checkpoint and ends the same")
  func damagedCheckpoint() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "whole").code == 0)
    #expect(
      try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", "4").code
        == 0)
    try sandbox.truncate("a/checkpoints/000004.safetensors")
    let rest = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", "6", "--resume")
    #expect(rest.code == 0)
    #expect(rest.errors.contains("using the checkpoint of iteration 2 instead"))
    #expect(try sandbox.metrics("a") == sandbox.metrics("whole"))
    #expect(try sandbox.state("a") == sandbox.state("whole"))
  }

  @Test("A changed configuration is not gone on with, threads and iterations aside")
  func changedConfiguration() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "2").code == 0)
    let changed = try sandbox.fledge(
      "train", "tiny.yaml", "--resume", "--set", "inner.stepSize=0.7")
    #expect(changed.code == 64)
    #expect(changed.errors.contains("inner.stepSize 0.1, not 0.7"), "\(changed.errors)")
    let seed = try sandbox.fledge(
      "train", "tiny.yaml", "--resume", "--seed", "2", "--run", "runs/tiny-1")
    #expect(seed.code == 64)
    #expect(seed.errors.contains("run.seed 1, not 2"), "\(seed.errors)")
    let allowed = try sandbox.fledge(
      "train", "tiny.yaml", "--resume", "--iterations", "3", "--threads", "1", "--quiet")
    #expect(allowed.code == 0, "\(allowed.errors)")
    #expect(try sandbox.metrics("runs/tiny-1").count == 3)
    let fewer = try sandbox.fledge("train", "tiny.yaml", "--resume", "--iterations", "1")
    #expect(fewer.code == 64)
    #expect(fewer.errors.contains("expected at least 3"), "\(fewer.errors)")
  }

  @Test("A config.yaml that was edited after its checkpoint was written is not gone on with")
  func editedConfiguration() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--run", "a").code == 0)
    let edited = try sandbox.text("a/config.yaml").replacing("stepSize: 0.1", with: "stepSize: 0.2")
    try edited.write(toFile: sandbox.path + "/a/config.yaml", atomically: true, encoding: .utf8)
    let rest = try sandbox.fledge(
      "train", "a/config.yaml", "--quiet", "--run", "a", "--resume", "--iterations", "7")
    #expect(rest.code == 64 && rest.errorLines.count == 1)
    #expect(rest.errors.contains("a/config.yaml has changed since a/checkpoints/000006"))
    #expect(try sandbox.metrics("a").count == 6)
  }

  @Test("A file that outgrows the user's limit ends the run with 74; it goes on to the same bits")
  func fileSizeLimit() throws {
    let sandbox = try Sandbox()
    let arguments = ["train", "tiny.yaml", "--quiet", "--iterations", "60"]
    #expect(try sandbox.fledge(arguments + ["--run", "whole"]).code == 0)
    let limited = try sandbox.fledge(arguments + ["--run", "a"], by: ["prlimit", "--fsize=8192"])
    #expect(limited.code == 74 && limited.errorLines.count == 1)
    #expect(limited.errors.contains("cannot write a/"), "\(limited.errors)")
    #expect(try sandbox.fledge(arguments + ["--run", "a", "--resume"]).code == 0)
    #expect(try sandbox.metrics("a") == sandbox.metrics("whole"))
    #expect(try sandbox.state("a", 60) == sandbox.state("whole", 60))
  }

  @Test("A limit on addresses that the threads don't fit in is told before anything is made")
  func addressSpaceLimit() throws {
    let sandbox = try Sandbox()
    let arguments = ["train", "tiny.yaml", "--quiet", "--run", "a", "--threads", "3"]
    let limited = try sandbox.fledge(arguments, by: ["prlimit", "--as=800000000"])
    #expect(limited.code == 64 && limited.errorLines.count == 1)
    #expect(limited.errors.contains("limited to 0.745 GiB"), "\(limited.errors)")
    #expect(limited.errors.contains("3 threads take 1 GiB"))
    #expect(!FileManager.default.fileExists(atPath: sandbox.path + "/a"))
    #expect(try sandbox.fledge(arguments, by: ["prlimit", "--as=1100000000"]).code == 0)
  }

  @Test("A run's config.yaml repeats it bit for bit")
  func repetition() throws {
    let sandbox = try Sandbox()
    let first = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--seed", "7", "--set", "inner.stepSize=0.3")
    #expect(first.code == 0)
    #expect(first.output == "runs/tiny-7\n")
    let second = try sandbox.fledge(
      "train", "runs/tiny-7/config.yaml", "--quiet", "--run", "again")
    #expect(second.code == 0)
    #expect(try sandbox.bytes("runs/tiny-7/config.yaml") == sandbox.bytes("again/config.yaml"))
    #expect(try sandbox.metrics("again") == sandbox.metrics("runs/tiny-7"))
    #expect(try sandbox.state("again") == sandbox.state("runs/tiny-7"))
  }

  @Test("Every seed is another run")
  func seeds() throws {
    let sandbox = try Sandbox()
    for seed in ["1", "2"] {
      #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--seed", seed).code == 0)
    }
    #expect(try sandbox.metrics("runs/tiny-1") != sandbox.metrics("runs/tiny-2"))
  }
}
