internal import EnvironmentKit
internal import Experiments
internal import Foundation
internal import MetaLearning
internal import Processes
internal import Reports
internal import RunRecords
internal import Synchronization

extension Train {
  /// Trains a run for each seed, in processes of their own.
  ///
  /// - Parameters:
  ///   - seeds: The seeds.
  ///   - context: What the command was handed.
  /// - Throws: The first run's error where one fails, after all others are done; ``Interrupted``.
  func run(seeds: [Int], in context: Context) throws {
    try requireRoomForSeeds(in: context)
    // What is wrong with the configuration is said once.
    let configuration = try configuration(in: context)
    _ = try options.experiment(configuration, in: context)
    Interruption.watch()
    let paths = seeds.map { self.path(for: configuration, seed: $0) }
    let threads = configuration.run.threads == 0 ? availableProcessors : configuration.run.threads
    let slots = min(threads, seeds.count)
    let own = ["train", "--quiet", "--threads", "\(max(1, threads / slots))"]
    let given = arguments(without: ["--seeds", "--run", "--threads", "--quiet"])
    if !quiet {
      context.report(
        "training \(seeds.count) seeds in \(paths.first ?? "") to \(paths.last ?? ""), \(slots) at a time"
      )
    }
    let children = Children()
    let next = Atomic(0)
    let failures = Mutex<[Int: RecordError]>([:])
    var progress = SeedProgress(paths: paths, total: configuration.outer.iterations, isQuiet: quiet)
    Children.work(in: slots) {
      let index = next.add(1, ordering: .relaxed).oldValue
      guard index < seeds.count else { return false }
      do {
        // A child of a command that was killed is still saving.
        let patience = ContinuousClock.now + .seconds(30)
        while resume && RunLock.isHeld(paths[index]) && .now < patience { usleep(100_000) }
        // Before what is given: behind `--` nothing is an option.
        let ended = try children.run(
          own + ["--seed", "\(seeds[index])", "--run", paths[index]] + given)
        if let ended, !ended.isSuccess, ended.ending != .code(Interrupted.code) {
          throw ended.error(in: "seed \(seeds[index])")
        }
      } catch {
        let failure = error as? RecordError ?? RecordError(.fault, "\(error)")
        failures.withLock { $0[index] = failure }
      }
      return true
    } watch: {
      if context.isAskedToStop { children.stop() }
      progress.show()
    }
    progress.end()
    let failed = failures.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }
    for failure in failed.dropFirst() { context.report(failure.message) }
    if let first = failed.first { throw first }
    if context.isAskedToStop {
      context.report("interrupted, the states are saved; go on with the same command and --resume")
      throw Interrupted()
    }
    try writeStandardOutput(paths.map { $0 + "\n" }.joined())
  }

  private func requireRoomForSeeds(in context: Context) throws {
    if let seed {
      throw RecordError(.usage, "--seed \(seed) stands beside --seeds; give one of them")
    }
    if options.sets("run.seed") {
      throw RecordError(.usage, "--set run.seed stands beside --seeds; give one of them")
    }
    if run?.isEmpty == true {
      throw RecordError(.usage, "--run is empty, expected the beginning of directories")
    }
    if context.crew != nil {
      throw RecordError(
        .usage, "--seeds trains in processes of its own; start it as one, or give each run a job")
    }
  }

  private func path(for configuration: Configuration, seed: Int) -> String {
    "\(run ?? "runs/\(configuration.run.name)")-\(seed)"
  }

  /// The arguments of this command without some options and their values.
  private func arguments(without names: Set<String>) -> [String] {
    var kept: [String] = []
    var rest = CommandLine.arguments.dropFirst(2)
    while let argument = rest.popFirst() {
      guard names.contains(String(argument.prefix { $0 != "=" })) else {
        kept.append(argument)
        continue
      }
      if argument != "--quiet" && !argument.contains("=") { _ = rest.popFirst() }
    }
    return kept
  }
}

/// Shows on standard error how far runs in other processes are.
private struct SeedProgress {
  let paths: [String]
  let total: Int
  let isQuiet: Bool
  private let clock = ContinuousClock()
  private var last = ContinuousClock.now

  init(paths: [String], total: Int, isQuiet: Bool) {
    (self.paths, self.total, self.isQuiet) = (paths, total, isQuiet)
  }

  /// Shows how many iterations are done; on a terminal each second, elsewhere each half minute.
  mutating func show() {
    guard !isQuiet, clock.now - last >= .seconds(standardErrorIsTerminal ? 1 : 30) else { return }
    last = clock.now
    let done = paths.map { RunDirectory.lastIteration(at: $0) ?? 0 }
    let state = "of \(counted(paths.count, "run"))"
    if standardErrorIsTerminal {
      writeStandardError("\r" + bar(done.reduce(0, +), of: total * paths.count, state) + "\u{1B}[K")
    } else {
      writeStandardError(
        "iterations \(done.map(String.init).joined(separator: ", ")) of \(total)\n")
    }
  }

  func end() {
    if standardErrorIsTerminal && !isQuiet { writeStandardError("\n") }
  }
}
