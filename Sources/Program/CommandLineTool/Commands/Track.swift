internal import ArgumentParser
internal import Experiments
internal import RunRecords
internal import Settings
internal import Tracking

/// `fledge track`.
struct Track: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "Send what a run has recorded to a tracker, or what the tracker lacks of it.",
    discussion: """
      fledge train --tracker does this while it trains, but waits for no tracker. Here a tracker has all the time that \
      it needs; what it has of the run already isn't sent again.
      """)

  @Argument(help: "A run's directory.")
  var run: String

  @OptionGroup var tracking: TrackerOption

  func run(in context: Context) throws {
    guard !tracking.trackers.isEmpty else {
      let names = Tracker.allCases.map(\.rawValue).joined(separator: ", ")
      throw RecordError(.usage, "fledge track needs a --tracker, one of \(names)")
    }
    try tracking.requireClients()
    let directory = try RunDirectory.open(run)
    guard try directory.settledFacts().status != .running else {
      throw RecordError(
        .usage, "\(run): another process is training this run; wait until it ends")
    }
    if !fileExists(directory.metricsPath) {
      throw RecordError(.unreadable, "\(directory.metricsPath): there is none; nothing to send")
    }
    let trackers = try Trackers(
      tracking.trackers, of: directory, hyperparameters: directory.configuration().entries
    ) { context.report($0) }
    try trackers.finish()
    try writeStandardOutput("\(run)\n")
  }
}
