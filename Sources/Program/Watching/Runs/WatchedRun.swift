internal import Experiments
internal import MetaLearning
internal import RunRecords
internal import Training

/// A run as it is watched: of its files, only what was added or changed is read.
struct WatchedRun {
  let directory: RunDirectory
  /// Its facts; nil where `run.json` is damaged.
  private(set) var facts: RunFacts?
  private(set) var curve = Curve()
  /// Whether anything was read since the last row.
  private var hasNews = true
  /// Whether all metrics that there are have been read.
  private(set) var isRead = false
  private var configuration: Configuration?
  private var tally = MetricsTally()
  private var tail: MetricsTail
  /// What is damaged, by file.
  private var damage: [String: String] = [:]
  private var stamps: [String: FileStamp?] = [:]

  init(_ directory: RunDirectory) {
    self.directory = directory
    tail = MetricsTail(directory.metricsPath)
  }

  /// Whether it is being trained.
  var isRunning: Bool { facts?.status == .running }

  /// Reads its facts, if they have changed or its process may have ended.
  mutating func readFacts() {
    guard hasChanged(directory.factsPath) || isRunning else { return }
    let known = facts
    note(directory.factsPath) { run in
      run.facts = nil
      run.facts = try run.directory.currentFacts()
    }
    if facts != known { hasNews = true }
  }

  /// Reads its configuration and metrics, as far as they have changed.
  ///
  /// - Parameter isTimeUp: Asked before each part: what is left is read the next time.
  mutating func readRest(until isTimeUp: () -> Bool) {
    // A run that is only about to begin has no metrics.
    if hasChanged(directory.metricsPath) { isRead = !fileExists(directory.metricsPath) }
    guard !isTimeUp() else { return }
    if hasChanged(directory.configurationPath) {
      note(directory.configurationPath) { run in
        run.configuration = nil
        run.configuration = try run.directory.configuration()
      }
    }
    while !isRead && !isTimeUp() {
      hasNews = true
      note(directory.metricsPath) { run in try run.readMetrics() }
    }
  }

  private mutating func readMetrics() throws {
    isRead = true
    let part = try tail.next()
    if part.isFromStart { (curve, tally) = (Curve(), MetricsTally()) }
    for line in part.metrics {
      curve.add(line)
      tally.add(line)
    }
    isRead = !part.hasMore
    if let damage = part.damage { throw RecordError(.unreadable, damage) }
  }

  /// Keeps what goes wrong in reading a file, in place of what went wrong before.
  private mutating func note(_ file: String, _ read: (inout WatchedRun) throws -> Void) {
    damage[file] = nil
    do { try read(&self) } catch { damage[file] = "\(error)" }
  }

  private mutating func hasChanged(_ file: String) -> Bool {
    let stamp = FileStamp(file)
    guard stamps[file] != .some(stamp) else { return false }
    stamps[file] = .some(stamp)
    hasNews = true
    return true
  }

  /// What the page lists of it, where anything is new.
  ///
  /// - Parameters:
  ///   - name: By which the page asks for it.
  ///   - methods: The outer methods known.
  /// - Returns: An object of JSON, in one line; nil where nothing was read since the last time.
  mutating func news(named name: String, methods: OuterMethods) -> String? {
    guard hasNews else { return nil }
    hasNews = false
    return row(named: name, methods: methods)
  }

  private func row(named name: String, methods: OuterMethods) -> String {
    var entries: [(key: String, value: JSON)] = [
      ("run", .text(name)),
      ("status", .text(damage.isEmpty ? facts?.status.rawValue ?? "damaged" : "damaged")),
      ("iteration", .integer(tally.iterations)), ("isRead", .flag(isRead)),
      ("adaptation", .list(tally.adaptation.prefix(64).map { .number($0, digits: 5) })),
      ("sketch", curve.sketch),
    ]
    if let score = tally.score {
      entries.append(("score", .number(score.value, digits: 5)))
      entries.append(("isOfValidation", .flag(score.isOfValidation)))
    }
    if let facts {
      entries += [("name", .text(facts.name)), ("seed", .integer(facts.seed))]
      entries.append(("start", .text(facts.start)))
      if let end = facts.end { entries.append(("end", .text(end))) }
    }
    if let configuration {
      let total = configuration.outer.iterations
      entries.append(("environment", .text(configuration.environment.name)))
      entries.append(("iterations", .integer(total)))
      if let facts {
        entries.append(("method", .text(configuration.method(ofRun: facts.name, among: methods))))
      }
      if isRunning, let left = tally.secondsLeft(of: total) {
        entries.append(("secondsLeft", .number(left, digits: 3)))
      }
    }
    // What ended it comes after what keeps it from being read.
    let problems =
      damage.sorted { $0.key < $1.key }.map(\.value) + [facts?.failure].compactMap(\.self)
    if !problems.isEmpty { entries.append(("problem", .text(problems.joined(separator: "; ")))) }
    return JSON.object(entries).text
  }
}
