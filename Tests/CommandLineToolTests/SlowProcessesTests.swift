import Foundation
import RunRecords
import Testing

/// Processes on two hosts, and processes that are killed time and again.
@Suite(.serialized) struct SlowProcessesTests {
  private static let settings = ["--quiet", "--set", "run.checkpointEvery=3", "--threads", "1"]

  @Test(
    "Twenty kills of any process at any moment leave a run that ends with the bits of one that nobody killed",
    .enabled(if: Processes.canShare, Processes.whyNot))
  func kills() throws {
    let sandbox = try Sandbox()
    var random = SystemRandomNumberGenerator()
    for round in 0..<20 {
      let before = (try? sandbox.metrics("a").count) ?? 0
      let run = try Running(
        ["train", "tiny.yaml", "--run", "a", "--iterations", "100000", "--resume"] + Self.settings,
        in: sandbox.path, setting: Processes.mayBeRoot, by: Processes.mpirun(3))
      // Half of them while they begin, whatever that takes here.
      if round % 2 == 0 { waitForMetrics(of: run, sandbox, "a", count: before + 4) }
      usleep(UInt32.random(in: 0...600_000, using: &random))
      var processes: [Int32] = []
      while processes.isEmpty && run.process.isRunning {
        processes = Processes.children(of: run.process.processIdentifier)
      }
      if let victim = processes.randomElement(using: &random) { kill(victim, SIGKILL) }
      run.process.waitUntilExit()
    }
    let end = (try? sandbox.run("a").newestCheckpoint().iteration).map { $0 + 5 } ?? 5
    for (name, command) in [("a", Processes.mpirun(2)), ("whole", [])] {
      let run = try sandbox.fledge(
        ["train", "tiny.yaml", "--run", name, "--iterations", "\(end)", "--resume"] + Self.settings,
        setting: Processes.mayBeRoot, by: command)
      #expect(run.code == 0, "\(run.errors)")
    }
    #expect(end > 5)
    #expect(try sandbox.metrics("a") == sandbox.metrics("whole"))
    let states = [try sandbox.state("a", end), try sandbox.state("whole", end)]
    #expect(states[0].arrays == states[1].arrays)
  }

  @Test(
    "Two hosts compute the bits of one; when one is cut off, the run ends with a line and goes on",
    .enabled(
      if: Processes.canShare && TwoHosts.canBeMade,
      "built without --traits MPI, or this user may not make network namespaces"))
  func hosts() throws {
    let sandbox = try Sandbox()
    let hosts = try TwoHosts(in: sandbox)
    let train = ["train", "tiny.yaml"] + Self.settings
    let together = try sandbox.fledge(
      train + ["--run", "together"], setting: Processes.mayBeRoot, by: hosts.mpirun)
    #expect(together.code == 0, "\(together.errors)")
    let alone = try sandbox.fledge(train + ["--run", "alone"])
    #expect(alone.code == 0)
    #expect(try sandbox.metrics("together") == sandbox.metrics("alone"))
    #expect(try sandbox.state("together").arrays == sandbox.state("alone").arrays)

    let run = try Running(
      train + ["--run", "cut", "--iterations", "100000"], in: sandbox.path,
      setting: Processes.mayBeRoot, by: hosts.mpirun)
    waitForMetrics(of: run, sandbox, "cut", count: 10)
    try hosts.cut()
    let start = ContinuousClock().now
    run.process.waitUntilExit()
    #expect(ContinuousClock().now - start < .seconds(60))
    let told = try run.finished().errorLines.filter { $0.hasPrefix("fledge:") }
    #expect(told.count == 1, "\(told)")
    let line = told.first ?? ""
    #expect(line.contains("process 1 on ") && line.contains("has not been heard of"), "\(line)")
    let end = try sandbox.run("cut").newestCheckpoint().iteration + 5
    for name in ["cut", "whole"] {
      let rest = try sandbox.fledge(
        train + ["--run", name, "--iterations", "\(end)", "--resume"])
      #expect(rest.code == 0, "\(rest.errors)")
    }
    #expect(try sandbox.metrics("cut") == sandbox.metrics("whole"))
    #expect(try sandbox.state("cut", end).arrays == sandbox.state("whole", end).arrays)
  }
}

/// Two hosts' worth of addresses: network namespaces of this machine, with a cable between them.
private final class TwoHosts {
  /// Starts a process on the first host and two on the second.
  let mpirun: [String]
  private let names: [String]

  static var canBeMade: Bool {
    let name = "fledge-try-\(getpid())"
    guard geteuid() == 0, (try? ip(["netns", "add", name])) == 0 else { return false }
    return (try? ip(["netns", "delete", name])) == 0
  }

  init(in sandbox: Sandbox) throws {
    let number = Int.random(in: 1...250)
    let name = "\(getpid() % 10_000)x\(number)"
    names = ["fa\(name)", "fb\(name)"]
    let cables = ["va\(name)", "vb\(name)"]
    let network = "10.\(number)"
    // In place of a remote shell: what it is told to run on the other host.
    let agent = sandbox.path + "/agent.sh"
    try "#!/bin/bash\nshift\nexec ip netns exec \(names[1]) bash -c \"$*\"\n".write(
      toFile: agent, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: agent)
    let parameters = [
      "plm_rsh_agent": agent, "btl": "tcp,self", "btl_tcp_if_include": "\(network).7.0/24",
      "oob_tcp_if_include": "\(network).7.0/24",
    ]
    mpirun =
      ["ip", "netns", "exec", names[0], "mpirun", "--timeout", "300", "--bind-to", "none"]
      + parameters.flatMap { ["--mca", $0.key, $0.value] }
      + ["--host", "\(network).7.1:1,\(network).7.2:2", "-n", "3"]
    var commands = names.map { "netns add \($0)" }
    commands.append("link add \(cables[0]) type veth peer name \(cables[1])")
    for (index, name) in names.enumerated() {
      commands += [
        "link set \(cables[index]) netns \(name)",
        "-n \(name) addr add \(network).7.\(index + 1)/24 dev \(cables[index])",
        "-n \(name) link set lo up", "-n \(name) link set \(cables[index]) up",
      ]
    }
    for command in commands { try #require(Self.ip(words(command)) == 0, "ip \(command)") }
  }

  /// Takes the cable away.
  func cut() throws {
    let cable = names[1].replacingOccurrences(of: "fb", with: "vb")
    try #require(Self.ip(["-n", names[1], "link", "set", cable, "down"]) == 0)
  }

  deinit {
    for name in names { _ = try? Self.ip(["netns", "delete", name]) }
  }

  private static func ip(_ arguments: [String]) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["ip"] + arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }
}
