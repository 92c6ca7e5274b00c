internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
internal import Foundation
internal import MetaLearning
internal import Models
internal import Parallel
internal import Policies
internal import RunRecords

// A process that takes more memory than there is gets killed without a word, so what a machine doesn't hold
// is refused before it is tried. Counted is what is held at once, at the least.
extension Experiment {
  /// Requires that this machine holds the episodes of a task.
  ///
  /// - Throws: `RecordError` of kind `usage` that names the key.
  func requireMemory(source: String) throws {
    guard let episodes = taskEpisodes else { return }
    // Each thread has a task.
    let workers = Double(min(threads, configuration.outer.tasks))
    try MemoryNeed(
      bytes: 4 * workers * episodes.steps
        * Double(episodes.observation + episodes.action + 4 * episodes.network),
      what: "a task's episodes", key: "inner.episodes", value: configuration.inner.episodes,
      remedy: "lower it, or the network's sizes"
    ).check(source: "\(source): ")
    // The sums of products of all features with each other, their regularized copy, and the solver's.
    let features = Double(2 * episodes.observation + 4)
    try MemoryNeed(
      bytes: 8 * workers * features * (3 * features + episodes.steps),
      what: "the linear baseline of \(episodes.observation) observations", key: "environment.name",
      value: configuration.environment.name,
      remedy: "take one with fewer of them, or lower run.threads"
    ).check(source: "\(source): ")
  }

  /// Requires that a limit on the address space leaves room for the threads, in which each has a heap, a
  /// stack and a buffer of OpenBLAS, which tries for ever to get a buffer that the limit refuses.
  ///
  /// - Parameter tasks: How many are worked on at a time, each on one thread.
  /// - Throws: `RecordError` of kind `usage` that names the limit.
  public func requireAddressSpace(tasks: Int) throws {
    let threads = min(threads, tasks)
    // Measured: 0.23 GiB, and 0.19 for each thread.
    let needed = 0x1p28 * Double(threads + 1)
    guard needed > addressSpaceLimit else { return }
    throw RecordError(
      .usage,
      "the address space is limited to \(gibibytes(addressSpaceLimit)) (ulimit -v), and "
        + "\(threads == 1 ? "1 thread takes" : "\(threads) threads take") \(gibibytes(needed)); raise the "
        + "limit, or lower run.threads")
  }

  /// Requires that this machine holds what a meta-iteration keeps of all of its tasks.
  ///
  /// - Parameter crew: The processes that train it, of which each keeps what is not a task's; nil for this one alone.
  /// - Throws: `RecordError` of kind `usage` that names the key.
  func requireMemoryForTraining(in crew: Crew?) throws {
    let (inner, outer) = (configuration.inner, configuration.outer)
    let stepSizes = inner.stepSizeRule == .fixed ? 0 : inner.steps
    try MemoryNeed(
      bytes: 4 * Double(problem.layout.count) * Double(outer.tasks * (1 + stepSizes)),
      what: "a gradient of each task", key: "outer.tasks", value: outer.tasks,
      remedy: "lower it, or the network's sizes"
    ).check()
    for need in metaLearning.method.memory(problem, metaLearning) {
      guard need.savedBytes < Double(Checkpoint.sizeLimit) else {
        throw RecordError(
          .usage,
          "outer.\(need.key) is \(need.value): \(need.what) would take "
            + "\(gibibytes(need.savedBytes)) of a checkpoint, which has at most "
            + "\(gibibytes(Double(Checkpoint.sizeLimit))); lower it")
      }
      let processes = crew?.machine.processes ?? 1
      let held = need.parts == 1 ? processes : min(threads(in: crew) * processes, need.parts)
      try MemoryNeed(
        bytes: need.bytes * Double(held),
        what: need.what, key: "outer.\(need.key)", value: need.value, remedy: "lower it"
      ).check()
    }
    try requireMemoryForExamples()
    // Some learn from all tasks' episodes several times.
    guard metaLearning.method.needsPolicy, let episodes = taskEpisodes else { return }
    try MemoryNeed(
      bytes: 4 * episodes.steps
        * Double(episodes.observation + episodes.action + episodes.network)
        * Double(outer.tasks * metaLearning.method.collections(metaLearning)),
      what: "the episodes of all tasks", key: "outer.tasks", value: outer.tasks,
      remedy: "lower it, or inner.episodes, inner.steps or the network's sizes"
    ).check()
  }

  /// Requires that this machine holds what each thread keeps of a task's examples: of each step, where the outer
  /// gradient goes through it, what a network computed.
  private func requireMemoryForExamples() throws {
    guard case .examples(let source, let model) = problem else { return }
    let inner = configuration.inner
    let recorded =
      inner.firstOrder || metaLearning.method.derivative != .unrolled
      ? 1 : inner.steps + 1
    // At the least those that are adapted to, of each class where there are classes.
    let classes = if case .classes(let count) = source.specification.target { count } else { 1 }
    let examples = Double(inner.episodes) * Double(classes)
    let workers = min(threads, configuration.outer.tasks)
    try MemoryNeed(
      bytes: 4 * examples * Double(model.heldNumbers) * Double(recorded * workers),
      what: "the examples of \(workers) tasks in the network", key: "inner.episodes",
      value: inner.episodes, remedy: "lower it, inner.steps, run.threads or the network's sizes"
    ).check()
  }

  /// The time steps that are collected of a task at a time, with the widths of what the environment and the
  /// network say of each; nil where tasks have examples.
  private var taskEpisodes: (steps: Double, observation: Int, action: Int, network: Int)? {
    guard case .episodes(let environment, let policy) = problem else { return nil }
    let specification = environment.specification
    return (
      Double(configuration.inner.episodes) * Double(specification.horizon),
      specification.observationWidth, specification.actionWidth,
      policy.network.heldNumbers
    )
  }
}

/// Memory for one purpose.
private struct MemoryNeed {
  let bytes: Double
  let what: String
  /// The key that it grows with, and its value.
  let key: String
  let value: any CustomStringConvertible
  /// What to do about it.
  let remedy: String

  /// Refuses what is more than this machine has.
  func check(source: String = "") throws {
    let available = availableMemory
    guard bytes > available else { return }
    throw RecordError(
      .usage,
      "\(source)\(key) is \(value): \(what) would take \(gibibytes(bytes)), and there are "
        + "\(gibibytes(available)); \(remedy)")
  }
}

private func gibibytes(_ bytes: Double) -> String { String(format: "%.3g GiB", bytes / 0x1p30) }
