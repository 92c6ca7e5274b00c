import Foundation
import RunRecords
import Testing

/// Studies by the command itself.
@Suite struct SlowStudyTests {
  private static let study = """
    base: tiny.yaml
    set: [outer.iterations=9, evaluation.tuningTasks=2]
    methods: [maml, pretrained]
    axes:
      inner.stepSize: {logRange: [0.01, 1], count: 6}
    halving: {kind: synchronous, factor: 3}
    seeds: {tuning: 1, final: 11...12}
    objective: {tasks: 3, episodes: 2}
    final: {tasks: 3, episodes: 2}
    """

  private func sandbox() throws -> Sandbox {
    let sandbox = try Sandbox()
    try Self.study.write(toFile: sandbox.path + "/a.yaml", atomically: true, encoding: .utf8)
    return sandbox
  }

  private func tables(_ sandbox: Sandbox, _ study: String) throws -> [String] {
    try ["trials", "final"].map { try sandbox.text("\(study)/\($0).csv") }
  }

  /// How often each run was begun.
  private func beginnings(_ sandbox: Sandbox, _ study: String) throws -> [Int] {
    try RunDirectory.all(below: "\(sandbox.path)/\(study)").map { run in
      try String(contentsOfFile: run.path + "/log.txt", encoding: .utf8)
        .components(separatedBy: "begun with").count - 1
    }
  }

  @Test(
    "Killed at any moment and begun again, a study ends with the table of one that nobody killed")
  func kills() throws {
    let sandbox = try sandbox()
    let whole = try sandbox.fledge("sweep", "a.yaml", "--out", "whole")
    #expect(whole.code == 0, "\(whole.errors)")
    #expect(whole.output.contains("maml: trial ") && whole.output.contains("pretrained: trial "))
    for page in ["study.html", "index.html"] {
      #expect(FileManager.default.fileExists(atPath: "\(sandbox.path)/whole/report/\(page)"))
    }
    let count = ProcessInfo.processInfo.environment["FLEDGE_KILLS"].flatMap { Int($0) } ?? 2
    var random = SystemRandomNumberGenerator()
    var kills = 0
    while kills < count {
      let run = try sandbox.start(["sweep", "a.yaml", "--out", "parts"])
      usleep(UInt32.random(in: 50_000...2_000_000, using: &random))
      guard run.process.isRunning else {
        // It got to its end before enough kills: from the beginning again.
        try sandbox.remove("parts")
        continue
      }
      kill(run.process.processIdentifier, SIGKILL)
      run.process.waitUntilExit()
      kills += 1
    }
    let rest = try sandbox.fledge("sweep", "a.yaml", "--out", "parts")
    #expect(rest.code == 0, "\(rest.errors)")
    #expect(try tables(sandbox, "parts") == tables(sandbox, "whole"))
    #expect(try beginnings(sandbox, "parts").allSatisfy { $0 == 1 })
  }

  @Test(
    "Two processes share a study's work: every run is begun once, and both end with the table of one"
  )
  func two() throws {
    let sandbox = try sandbox()
    let both = try (0..<2).map { _ in try sandbox.start(["sweep", "a.yaml", "--out", "two"]) }
    for run in both {
      run.process.waitUntilExit()
      let finished = try run.finished()
      #expect(finished.code == 0, "\(finished.errors)")
    }
    let alone = try sandbox.fledge("sweep", "a.yaml", "--out", "one", "--beside", "1")
    #expect(alone.code == 0, "\(alone.errors)")
    #expect(try tables(sandbox, "two") == tables(sandbox, "one"))
    #expect(try beginnings(sandbox, "two").allSatisfy { $0 == 1 })
  }

  @Test("An interrupted study saves its trials, says how it goes on, and ends with 130")
  func interruption() throws {
    let sandbox = try sandbox()
    let run = try sandbox.start(
      ["sweep", "a.yaml", "--out", "a"])
    while run.process.isRunning
      && !FileManager.default.fileExists(atPath: sandbox.path + "/a/trials/001-maml-1/run.json")
    { usleep(1000) }
    run.process.terminate()
    run.process.waitUntilExit()
    #expect(try run.finished().code == 130)
    let runs = try RunDirectory.all(below: sandbox.path + "/a")
    #expect(!runs.isEmpty && runs.allSatisfy { !RunLock.isHeld($0.path) })
  }

  @Test("A trial whose setting doesn't hold fails by itself; the others go on")
  func failing() throws {
    let sandbox = try sandbox()
    try """
    base: tiny.yaml
    set: [outer.iterations=2]
    axes: {inner.adapts: [[head], [], [nosuch]]}
    seeds: {final: 11}
    objective: {tasks: 2}
    final: {tasks: 2}
    """.write(toFile: sandbox.path + "/b.yaml", atomically: true, encoding: .utf8)
    let study = try sandbox.fledge("sweep", "b.yaml", "--out", "b")
    #expect(study.code == 0, "\(study.errors)")
    let lines = try sandbox.text("b/trials.csv").split(separator: "\n")
    #expect(lines.count == 4 && lines[3].contains("failed") && lines[3].contains("nosuch"))
  }

  @Test("Where no trial of a method succeeds, the study ends with a line that says why")
  func allFailing() throws {
    let sandbox = try sandbox()
    try """
    base: sinusoid-maml
    set: [outer.iterations=1, outer.tasks=2]
    axes: {inner.stepSize: [0.1, 0.2]}
    objective: {tasks: 2, measure: success}
    seeds: {final: 11}
    """.write(toFile: sandbox.path + "/b.yaml", atomically: true, encoding: .utf8)
    let study = try sandbox.fledge("sweep", "b.yaml", "--out", "b")
    #expect(study.code == 64 && study.errors.contains("every trial failed"), "\(study.errors)")
  }

  @Test("A lost database is made anew from the runs, with the same tables")
  func lostDatabase() throws {
    let sandbox = try sandbox()
    #expect(try sandbox.fledge("sweep", "a.yaml", "--out", "a").code == 0)
    let whole = try tables(sandbox, "a")
    try sandbox.remove("a/study.sqlite")
    let again = try sandbox.fledge("sweep", "a.yaml", "--out", "a")
    #expect(again.code == 0, "\(again.errors)")
    #expect(try tables(sandbox, "a") == whole)
  }

  @Test("--slurm writes a job array that a shell can read")
  func slurm() throws {
    let sandbox = try sandbox()
    let written = try sandbox.fledge("sweep", "a.yaml", "--slurm", "--threads", "2")
    #expect(written.output == "runs/a/study.sbatch\n", "\(written.errors)")
    let text = try sandbox.text("runs/a/study.sbatch")
    #expect(text.contains("#SBATCH --array=") && text.contains("fledge sweep a.yaml"))
    let check = Process()
    check.executableURL = URL(fileURLWithPath: "/bin/bash")
    check.arguments = ["-n", sandbox.path + "/runs/a/study.sbatch"]
    try check.run()
    check.waitUntilExit()
    #expect(check.terminationStatus == 0)
  }
}
