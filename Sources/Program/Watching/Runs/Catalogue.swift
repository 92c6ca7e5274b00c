internal import MetaLearning
internal import RunRecords
internal import Synchronization

/// All runs below a directory. However many ask, the directory is looked through once a second at the most, and what
/// was found is one document for all.
final class Catalogue: Sendable {
  private let directory: String
  private let methods: OuterMethods
  private let now: @Sendable () -> ContinuousClock.Instant
  /// By which a page notices that it is told of another program's versions.
  private let session = String(UInt32.random(in: 0 ... .max), radix: 16)
  private let state = Mutex(State())

  private struct State {
    var runs: [String: WatchedRun] = [:]
    /// What the page lists, each with the version that it is of.
    var rows: [String: (version: Int, json: String)] = [:]
    /// Runs that have vanished, with the version that they are missing from.
    var gone: [String: Int] = [:]
    var version = 0
    /// Why no runs can be looked for.
    var problem: String?
    var nextLook: ContinuousClock.Instant?
    /// The run whose curve was asked for last, which is read first.
    var chosen: String?
    /// Documents of this version, by the version that they go on from.
    var documents: [Int: String] = [:]
    /// Curves of this version, by run.
    var curves: [String: String] = [:]
  }

  /// The longest that configurations and metrics are read in one look, in time of a processor.
  private static let readingTime = Duration.milliseconds(150)
  /// How much longer than what a look computes the pause after it is, at least.
  private static let pause = 3

  /// A catalogue of a directory, which is looked through when somebody asks.
  ///
  /// - Parameters:
  ///   - directory: Its path.
  ///   - methods: The outer methods known.
  ///   - now: Tells the time.
  init(
    of directory: String, methods: OuterMethods,
    now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
  ) {
    (self.directory, self.methods, self.now) = (directory, methods, now)
  }

  /// What has changed since a version, as JSON.
  ///
  /// - Parameter known: The `version` of an earlier answer; nil, or one of another program, for everything.
  /// - Returns: An object with `version`, `isWhole`, `runs` and `gone`.
  func changes(since known: String?) -> String {
    let parts = (known ?? "").split(separator: "-", omittingEmptySubsequences: false)
    let since = parts.count == 2 && parts[0] == session ? Int(parts[1]) : nil
    return state.withLock { state in
      lookIfDue(&state)
      // A page can't know what is still to come.
      let since = since.flatMap { $0 <= state.version ? $0 : nil }
      if let document = state.documents[since ?? -1] { return document }
      let document = document(state, since: since)
      state.documents[since ?? -1] = document
      return document
    }
  }

  private func document(_ state: State, since: Int?) -> String {
    let first = since ?? -1
    let rows = state.rows.filter { $0.value.version > first }.sorted { $0.key < $1.key }
    let gone = since == nil ? [] : state.gone.filter { $0.value > first }.keys.sorted()
    let facts = JSON.object([
      ("version", .text("\(session)-\(state.version)")), ("directory", .text(directory)),
      ("isWhole", .flag(since == nil)), ("gone", .list(gone.map { .text($0) })),
      ("problem", state.problem.map { .text($0) } ?? .null),
    ]).text
    return facts.dropLast() + ",\"runs\":[\(rows.map(\.value.json).joined(separator: ","))]}"
  }

  /// The curve of a run.
  ///
  /// - Parameter name: The run's, as it is listed.
  /// - Returns: JSON; nil where there is no such run.
  func curve(of name: String) -> String? {
    state.withLock { state in
      state.chosen = name
      lookIfDue(&state)
      if let curve = state.curves[name] { return curve }
      state.curves[name] = state.runs[name]?.curve.json.text
      return state.curves[name]
    }
  }

  /// The directory of a run.
  ///
  /// - Parameter name: The run's, as it is listed.
  /// - Returns: It; nil where there is no such run.
  func directory(of name: String) -> RunDirectory? {
    state.withLock { state in
      lookIfDue(&state)
      return state.runs[name]?.directory
    }
  }

  private func lookIfDue(_ state: inout State) {
    let (start, work) = (now(), computingTime())
    if let next = state.nextLook, start < next { return }
    find(&state)
    read(&state)
    list(&state)
    let end = now()
    state.nextLook =
      end + max(.seconds(1), (computingTime() - work) * Self.pause, end - start)
  }

  /// Finds the runs that there are now.
  private func find(_ state: inout State) {
    var found: [String: WatchedRun] = [:]
    let problem = state.problem
    state.problem = nil
    do {
      for run in try RunDirectory.all(below: directory) {
        let name = name(of: run)
        let known = state.runs[name]
        found[name] = known?.directory == run ? known : WatchedRun(run)
      }
    } catch {
      state.problem = "\(error)"
    }
    state.runs = found
    if state.problem != problem { state.documents = [:] }
  }

  /// A run's name in the page: its path below the directory.
  private func name(of run: RunDirectory) -> String {
    let prefix = directory.hasSuffix("/") ? directory : directory + "/"
    return run.path.hasPrefix(prefix) && run.path != prefix
      ? String(run.path.dropFirst(prefix.count)) : run.path
  }

  /// Reads what is new of them, first of the one that somebody looks at, then of those that are being trained.
  private func read(_ state: inout State) {
    for name in state.runs.keys { state.runs[name]?.readFacts() }
    let order = state.runs.map { name, run in
      (
        place: name == state.chosen ? 0 : run.isRunning ? 1 : 2, start: run.facts?.start ?? "",
        name: name
      )
    }.sorted { ($0.place, $1.start, $0.name) < ($1.place, $0.start, $1.name) }
    let start = computingTime()
    for run in order {
      state.runs[run.name]?.readRest { computingTime() - start > Self.readingTime }
    }
  }

  /// Lists them anew, with a new version where anything has changed.
  private func list(_ state: inout State) {
    let next = state.version + 1
    var hasChanged = false
    for name in state.runs.keys {
      guard let json = state.runs[name]?.news(named: name, methods: methods),
        state.rows[name]?.json != json
      else { continue }
      state.rows[name] = (next, json)
      state.gone[name] = nil
      state.curves[name] = nil
      hasChanged = true
    }
    for name in state.rows.keys where state.runs[name] == nil {
      state.rows[name] = nil
      state.gone[name] = next
      state.curves[name] = nil
      hasChanged = true
    }
    guard hasChanged else { return }
    state.version = next
    state.documents = [:]
  }
}
