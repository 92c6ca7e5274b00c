internal import Foundation
public import RunRecords
internal import Settings

/// The trackers of a run. Each is a process of its own that follows the run's files, so that none can hold training up
/// or change it. If one fails, a line says so, and nothing else happens.
public final class Trackers {
  /// The seconds that trackers are waited for at the end of training, all together.
  private static let patience = 5.0

  private let directory: RunDirectory
  private let report: (String) -> Void
  private var processes: [TrackerProcess] = []

  /// Starts to send a run's records, from where an earlier process stopped.
  ///
  /// - Parameters:
  ///   - trackers: Where to.
  ///   - directory: The run's.
  ///   - hyperparameters: The keys of the run's configuration with their values as they are written.
  ///   - report: Told in a line of each tracker that fails.
  /// - Throws: `RecordError` of kind `inputOutput` if one can't be started.
  public init(
    _ trackers: [Tracker], of directory: RunDirectory,
    hyperparameters: [(key: String, value: String)], report: @escaping (String) -> Void
  ) throws {
    self.directory = directory
    self.report = report
    for tracker in trackers {
      guard let client = tracker.client else {
        report(
          "TensorBoard reads what every run writes: tensorboard --logdir "
            + shellQuoted(directory.path))
        continue
      }
      try directory.write(hyperparameters: hyperparameters)
      processes.append(try TrackerProcess(tracker, client: client, of: directory))
    }
  }

  /// Tells once of each that has ended too early.
  public func look() {
    processes.removeAll { process in
      guard let failure = process.failure else { return false }
      tell(process.tracker, failure)
      return true
    }
  }

  /// Lets them send what is left, and waits a little. Those that take longer are left behind: they have a minute, and
  /// then end themselves.
  public func end() {
    let deadline = ContinuousClock.now + .seconds(Self.patience)
    for process in processes { process.leave() }
    for process in processes {
      if let failure = process.failure(within: (deadline - .now) / .seconds(1)) {
        tell(process.tracker, failure)
      }
    }
    processes = []
  }

  /// Waits until they have sent all that is recorded, however long that takes.
  ///
  /// - Throws: `RecordError` of kind `inputOutput` that names those that failed.
  public func finish() throws {
    for process in processes { process.finish() }
    let failures = processes.compactMap { process in
      process.failure(within: nil).map { "the tracker \(process.tracker.rawValue) \($0)" }
    }
    processes = []
    guard failures.isEmpty else {
      throw RecordError(.inputOutput, failures.joined(separator: "; "))
    }
  }

  private func tell(_ tracker: Tracker, _ failure: String) {
    report(
      "the tracker \(tracker.rawValue) \(failure); nothing of the run is lost, send what it lacks by: "
        + "fledge track \(shellQuoted(directory.path)) --tracker \(tracker.rawValue)")
  }
}

extension RunDirectory {
  /// The directory of what trackers have of the run.
  var trackersPath: String { path + "/trackers" }

  /// Writes what trackers list a run with.
  fileprivate func write(hyperparameters: [(key: String, value: String)]) throws {
    try makeDirectory(trackersPath)
    let values = hyperparameters.map { (key: $0.key, value: JSON(written: $0.value)) }
    try replaceFile(
      trackersPath + "/hyperparameters.json", with: Array(JSON.object(values).lines.utf8))
  }
}
