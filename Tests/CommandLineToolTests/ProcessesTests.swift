import Foundation
import RunRecords
import Testing

/// Processes that are started together.
enum Processes {
  /// Whether this build can be several processes, and something starts them.
  static let canShare: Bool = {
    let process = Process()
    let output = Pipe()
    process.executableURL = products.appendingPathComponent("fledge")
    process.arguments = ["doctor"]
    process.standardOutput = output
    guard (try? process.run()) != nil else { return false }
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    return text.contains("Open MPI")
      && FileManager.default.isExecutableFile(atPath: "/usr/bin/mpirun")
  }()

  static let whyNot: Comment = "built without --traits MPI, or there is no mpirun"

  /// What starts so many.
  static func mpirun(_ count: Int) -> [String] {
    // What hangs is to fail, not to wait.
    ["mpirun", "--timeout", "300", "--oversubscribe", "--bind-to", "none", "-n", "\(count)"]
  }

  static let mayBeRoot = [
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
  ]

  /// The processes that one has started, in their order.
  static func children(of parent: Int32) -> [Int32] {
    let listed = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return listed.compactMap { Int32($0) }.filter { process in
      let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      // The parent stands behind the name in parentheses and the state.
      let fields = status?.split(separator: ")").last?.split(separator: " ") ?? []
      return fields.count > 1 && Int32(fields[1]) == parent
    }.sorted()
  }
}

extension Sandbox {
  /// Runs `fledge` as several processes.
  fileprivate func shared(_ count: Int, _ arguments: [String]) throws -> Finished {
    try fledge(arguments, setting: Processes.mayBeRoot, by: Processes.mpirun(count))
  }
}

/// Several processes do what one does.
@Suite(.serialized) struct ProcessesTests {
  @Test(
    "A run of several processes has the bits of one, in every file",
    .enabled(if: Processes.canShare, Processes.whyNot),
    arguments: [
      [], ["--method", "reptile"],
      ["--method", "rl2"], ["--method", "varibad"], ["--method", "promp"],
      ["--method", "pearl", "--set", "outer.updates=3"],
      ["--set", "outer.method=trpo", "--set", "outer.stepWeights=[]"],
    ])
  func sameBits(settings: [String]) throws {
    let sandbox = try Sandbox()
    let train = ["train", "tiny.yaml", "--quiet", "--set", "run.validationTasks=5"] + settings
    let alone = try sandbox.fledge(train + ["--run", "alone", "--threads", "2"])
    #expect(alone.code == 0, "\(alone.errors)")
    for (count, threads) in [(2, "1"), (3, "2"), (4, "1")] {
      let together = try sandbox.shared(
        count, train + ["--run", "together\(count)", "--threads", threads])
      #expect(together.code == 0, "\(together.errors)")
      #expect(together.output == "together\(count)\n")
      #expect(try sandbox.metrics("together\(count)") == sandbox.metrics("alone"))
      #expect(
        try sandbox.state("together\(count)").arrays == sandbox.state("alone").arrays)
    }
    let measure = ["--tasks", "7", "--episodes", "3", "--format", "json"]
    let measured = try sandbox.fledge(["evaluate", "alone"] + measure)
    let shared = try sandbox.shared(3, ["evaluate", "together3"] + measure)
    #expect(shared.code == 0, "\(shared.errors)")
    let curves = try [measured, shared].map { try object($0.output)["curve"] as? NSArray }
    #expect(curves[0] == curves[1] && curves[0] != nil)
  }

  @Test(
    "A signal to any process saves the run and ends all with 130, and any number goes on with it",
    .enabled(if: Processes.canShare, Processes.whyNot))
  func interruption() throws {
    let sandbox = try Sandbox()
    for (signal, victim) in [(SIGTERM, 2), (SIGINT, 0), (SIGUSR1, 1)] {
      let run = try Running(
        ["train", "tiny.yaml", "--run", "a", "--iterations", "100000", "--quiet", "--resume"],
        in: sandbox.path, setting: Processes.mayBeRoot, by: Processes.mpirun(3))
      let before = (try? sandbox.metrics("a").count) ?? 0
      waitForMetrics(of: run, sandbox, "a", count: before + 3)
      let processes = Processes.children(of: run.process.processIdentifier)
      #expect(processes.count == 3)
      kill(processes[victim], signal)
      run.process.waitUntilExit()
      let stopped = try run.finished()
      #expect(stopped.code == 130)
      let told = stopped.errorLines.filter { $0.hasPrefix("fledge:") }
      #expect(told.count == 1 && told[0].contains("the state is saved"), "\(stopped.errors)")
      #expect(try sandbox.run("a").facts().status == .interrupted)
    }
    try requireSameEnd(sandbox, by: Processes.mpirun(2))
  }

  @Test(
    "A process that is killed ends the run, which goes on to the same bits",
    .enabled(if: Processes.canShare, Processes.whyNot))
  func kills() throws {
    let sandbox = try Sandbox()
    for victim in [1, 0, 2] {
      let run = try Running(
        ["train", "tiny.yaml", "--run", "a", "--iterations", "100000", "--quiet", "--resume"],
        in: sandbox.path, setting: Processes.mayBeRoot, by: Processes.mpirun(3))
      let before = (try? sandbox.metrics("a").count) ?? 0
      waitForMetrics(of: run, sandbox, "a", count: before + 3)
      kill(Processes.children(of: run.process.processIdentifier)[victim], SIGKILL)
      run.process.waitUntilExit()
      let killed = try run.finished()
      #expect(killed.code != 0)
      #expect(killed.errors.contains("process rank \(victim) "), "\(killed.errors)")
    }
    try requireSameEnd(sandbox)
  }

  /// Lets the run go on for a while, and holds it to one that nobody stopped.
  private func requireSameEnd(_ sandbox: Sandbox, by command: [String] = []) throws {
    let end = try sandbox.metrics("a").count + 5
    let last = try sandbox.fledge(
      ["train", "tiny.yaml", "--quiet", "--run", "a", "--resume", "--iterations", "\(end)"],
      setting: Processes.mayBeRoot, by: command)
    #expect(last.code == 0, "\(last.errors)")
    let whole = try sandbox.fledge(
      "train", "tiny.yaml", "--quiet", "--run", "whole", "--iterations", "\(end)")
    #expect(whole.code == 0)
    #expect(try sandbox.metrics("a") == sandbox.metrics("whole"))
    #expect(try sandbox.state("a", end).arrays == sandbox.state("whole", end).arrays)
  }

  @Test(
    "What processes can't do together is one line, as of one process",
    .enabled(if: Processes.canShare, Processes.whyNot))
  func refusals() throws {
    let sandbox = try Sandbox()
    let commands: [(arguments: [String], code: Int32, text: String)] = [
      (
        ["train", "tiny.yaml", "--set", "outer.tasks=2"], 64,
        "outer.tasks is 2, which gives 3 processes nothing to share"
      ),
      (["train", "nowhere.yaml"], 64, "nowhere.yaml"),
      (["presets", "show", "nothing"], 64, "nothing"),
    ]
    for (arguments, code, text) in commands {
      let refused = try sandbox.shared(3, arguments)
      #expect(refused.code == code, "\(arguments): \(refused.errors)")
      let told = refused.errorLines.filter { $0.hasPrefix("fledge:") }
      #expect(told.count == 1 && told[0].contains(text), "\(refused.errors)")
    }
    // Another executable, or other arguments, on the second process.
    try FileManager.default.copyItem(
      atPath: products.path + "/fledge", toPath: sandbox.path + "/other")
    let file = try #require(FileHandle(forWritingAtPath: sandbox.path + "/other"))
    try file.seekToEnd()
    try file.write(contentsOf: Data([0]))
    try file.close()
    for (second, text) in [
      ([sandbox.path + "/other", "presets"], "process 1 on "),
      ([products.path + "/fledge", "doctor"], "has other arguments, doctor, than process 0 on "),
    ] {
      let refused = try sandbox.fledge(
        ["presets", ":", "-n", "1"] + second, setting: Processes.mayBeRoot,
        by: Processes.mpirun(1))
      #expect(refused.code == 64)
      let told = refused.errorLines.filter { $0.hasPrefix("fledge:") }
      #expect(told.count == 1 && told[0].contains(text), "\(refused.errors)")
    }
    let listed = [try sandbox.shared(3, ["presets"]), try sandbox.fledge("presets")]
    #expect(listed[0].code == 0 && listed[0].output == listed[1].output)
  }

  @Test(
    "A fault of an environment in any process is one line, and the run goes on",
    .enabled(if: Processes.canShare, Processes.whyNot))
  func faults() throws {
    let sandbox = try Sandbox()
    try PluginTests.configure(sandbox, plugins: "[cart.so]")
    try sandbox.buildCart(defining: ["FAULT=ERROR_IN_STEP"])
    let arguments = [
      "train", "cart.yaml", "--threads", "1", "--quiet", "--iterations", "40",
    ]
    let failed = try sandbox.shared(3, arguments)
    #expect(failed.code == 70, "\(failed.errors)")
    let told = failed.errorLines.filter { $0.hasPrefix("fledge:") }
    #expect(told.count == 1 && told[0].contains("the rail is broken in cart of plugin '"))
    #expect(told.first?.contains("task ") == true && told.first?.contains("episode ") == true)
    #expect(try sandbox.run("runs/tiny-1").facts().status == .failed)
    try sandbox.buildCart(defining: ["FAULT=SOUND"])
    let resumed = try sandbox.shared(2, arguments + ["--resume", "--allow-changes"])
    #expect(resumed.code == 0, "\(resumed.errors)")
    let straight = try sandbox.fledge(arguments + ["--run", "straight"])
    #expect(straight.code == 0)
    #expect(try sandbox.metrics("runs/tiny-1") == sandbox.metrics("straight"))
  }

  @Test(
    "Without MPI, to be one of several processes is refused in a line",
    .enabled(if: !Processes.canShare, "built with MPI"))
  func withoutMPI() throws {
    let sandbox = try Sandbox()
    for (rank, lines) in [("0", 1), ("1", 0)] {
      let refused = try sandbox.fledge(
        "train", "tiny.yaml",
        setting: ["OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": rank])
      #expect(refused.code == 64 && refused.errorLines.count == lines)
      #expect(lines == 0 || refused.errors.contains("swift build -c release --traits MPI"))
    }
  }
}
