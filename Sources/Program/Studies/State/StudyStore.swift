internal import Foundation
internal import GRDB
internal import RunRecords
internal import Synchronization

/// `study.sqlite`: what a study has done, and who does what of it now.
///
/// Several processes may have it open, on several machines too, where their file system has locks. What one of them
/// decides is one transaction; a crash leaves the state before it or after it.
final class StudyStore: Sendable {
  private let database: DatabaseQueue
  private let path: String
  private let worker: Int64
  /// When each other worker's sign of life was last seen to change, by this process's clock.
  private let signs = Mutex<[Int64: (beat: Int, since: ContinuousClock.Instant)]>([:])

  /// Without a sign of life for so long, a worker on another machine counts as gone.
  private static let longestSilence = Duration.seconds(90)

  /// Opens the store of a study, or makes it.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - entries: What the study's file says, by key; all of it holds as long as the study does.
  ///   - source: The name of that file, for messages.
  /// - Throws: `RecordError`: `usage` if the file has changed since the study began, `unreadable` if the store is
  ///   damaged, `inputOutput` if the system refuses.
  init(_ path: String, entries: [(key: String, value: String)], source: String) throws {
    self.path = path
    var configuration = GRDB.Configuration()
    configuration.busyMode = .timeout(60)
    (database, worker) = try Self.told(of: path) {
      let database = try DatabaseQueue(path: path, configuration: configuration)
      try database.write(Self.makeTables)
      let own = Worker.current
      let worker = try database.write { database in
        try Self.requireSame(entries, in: database, path: path, source: source)
        try database.execute(
          sql: "INSERT INTO worker (host, process, start, beat) VALUES (?, ?, ?, 0)",
          arguments: [own.host, own.process, own.start])
        return database.lastInsertedRowID
      }
      return (database, worker)
    }
  }

  /// Takes the next job that nobody does.
  ///
  /// - Parameter plan: What the study does.
  /// - Returns: The job, nil where there is none for now, and how far the study is.
  /// - Throws: `RecordError` of kind `inputOutput`.
  func claim(_ plan: StudyPlan) throws -> (job: Job.Key?, progress: StudyProgress) {
    try write { database in
      try self.releaseLost(in: database)
      for key in StudyProgress(plan, try Self.jobs(in: database)).due {
        try database.execute(
          sql: """
            INSERT OR IGNORE INTO job (phase, trial, rung, seed, state) VALUES (?, ?, ?, ?, 'waiting')
            """, arguments: [key.phase.rawValue, key.trial, key.rung, key.seed])
      }
      let progress = StudyProgress(plan, try Self.jobs(in: database))
      // Trials that have come farther first: who waits for them waits less.
      let next = progress.jobs.values.filter { $0.state == .waiting }.map(\.key).min {
        (-$0.rung, $0.trial, $0.seed) < (-$1.rung, $1.trial, $1.seed)
      }
      if let next { try self.set(next, to: .running, in: database) }
      return (next, progress)
    }
  }

  /// Records what came of a job, if it is still this process that does it: one that was given up may come back.
  ///
  /// - Parameters:
  ///   - key: The job.
  ///   - measured: What was measured, where something was.
  /// - Throws: `RecordError` of kind `inputOutput`.
  func finish(_ key: Job.Key, _ measured: Job.Measured?) throws {
    try write { database in
      guard try self.owns(key, in: database) else { return }
      try self.set(key, to: .done, in: database)
      guard let measured else { return }
      try database.execute(
        sql: """
          UPDATE job SET taskValues = ?, iterations = ?, trainingSteps = ?, measuringSteps = ?
          WHERE phase = ? AND trial = ? AND rung = ? AND seed = ?
          """,
        arguments: [
          JSON.list(measured.values.map { .number($0) }).text, measured.iterations,
          measured.trainingSteps, measured.measuringSteps, key.phase.rawValue, key.trial, key.rung,
          key.seed,
        ])
    }
  }

  /// Records why a job can't be done; whoever goes on doesn't try it again.
  func fail(_ key: Job.Key, _ message: String) throws {
    try write {
      guard try self.owns(key, in: $0) else { return }
      try self.set(key, to: .failed, message: message, in: $0)
    }
  }

  /// Leaves a job to be done later.
  func release(_ key: Job.Key) throws {
    try write {
      guard try self.owns(key, in: $0) else { return }
      try self.set(key, to: .waiting, in: $0)
    }
  }

  /// Leaves what has failed to be done once more, and what was made of it.
  func retry() throws {
    try write {
      try $0.execute(
        sql: """
          UPDATE job SET state = 'waiting', message = NULL
          WHERE state = 'failed' OR (phase = 'report' AND state = 'done')
          """)
    }
  }

  /// Gives a sign of life.
  func beat() throws {
    try write {
      try $0.execute(
        sql: "UPDATE worker SET beat = beat + 1 WHERE id = ?", arguments: [self.worker])
    }
  }

  /// How far the study is.
  func progress(_ plan: StudyPlan) throws -> StudyProgress {
    try Self.told(of: path) { StudyProgress(plan, try database.read(Self.jobs)) }
  }

  /// Whether this process is the one that does a job.
  private func owns(_ key: Job.Key, in database: Database) throws -> Bool {
    try Row.fetchOne(
      database,
      sql: """
        SELECT 1 FROM job WHERE phase = ? AND trial = ? AND rung = ? AND seed = ?
        AND state = 'running' AND worker = ?
        """, arguments: [key.phase.rawValue, key.trial, key.rung, key.seed, worker]) != nil
  }

  private func set(
    _ key: Job.Key, to state: Job.State, message: String? = nil, in database: Database
  ) throws {
    try database.execute(
      sql: """
        UPDATE job SET state = ?, worker = ?, message = ?
        WHERE phase = ? AND trial = ? AND rung = ? AND seed = ?
        """,
      arguments: [
        state.rawValue, state == .running ? worker : nil, message, key.phase.rawValue, key.trial,
        key.rung, key.seed,
      ])
  }

  /// Leaves jobs of workers that are gone to others.
  private func releaseLost(in database: Database) throws {
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT * FROM worker WHERE id <> ? AND id IN (SELECT worker FROM job WHERE state = 'running')
        """, arguments: [worker])
    for row in rows {
      let other = Worker(host: row["host"], process: row["process"], start: row["start"])
      guard other.hasEnded || isSilent(row["id"], beat: row["beat"]) else { continue }
      try database.execute(
        sql:
          "UPDATE job SET state = 'waiting', worker = NULL WHERE state = 'running' AND worker = ?",
        arguments: [row["id"] as Int64])
    }
  }

  /// Whether a worker has given no sign of life for long, by this process's clock: machines' clocks may differ.
  private func isSilent(_ id: Int64, beat: Int) -> Bool {
    signs.withLock { signs in
      let now = ContinuousClock.now
      guard let known = signs[id], known.beat == beat else {
        signs[id] = (beat, now)
        return false
      }
      return now - known.since > Self.longestSilence
    }
  }

  private func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try Self.told(of: path) { try database.write(body) }
  }

  private static func jobs(in database: Database) throws -> [Job] {
    try Row.fetchAll(database, sql: "SELECT * FROM job").compactMap { Job($0) }
  }

  private static func makeTables(in database: Database) throws {
    try database.execute(
      sql: """
        CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS worker (
          id INTEGER PRIMARY KEY AUTOINCREMENT, host TEXT NOT NULL, process INTEGER NOT NULL,
          start TEXT NOT NULL, beat INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS job (
          phase TEXT NOT NULL, trial INTEGER NOT NULL, rung INTEGER NOT NULL, seed INTEGER NOT NULL,
          state TEXT NOT NULL, worker INTEGER, taskValues TEXT,
          iterations INTEGER, trainingSteps INTEGER, measuringSteps INTEGER, message TEXT,
          PRIMARY KEY (phase, trial, rung, seed));
        """)
  }

  /// Requires that the study's file says what it said when the study began; the first time, writes that down.
  private static func requireSame(
    _ entries: [(key: String, value: String)], in database: Database, path: String, source: String
  ) throws {
    let rows = try Row.fetchAll(database, sql: "SELECT * FROM entry")
    guard !rows.isEmpty else {
      for entry in entries {
        try database.execute(
          sql: "INSERT INTO entry (key, value) VALUES (?, ?)", arguments: [entry.key, entry.value])
      }
      return
    }
    let stored = Dictionary(
      uniqueKeysWithValues: rows.map { ($0["key"] as String, $0["value"] as String) })
    let now = Dictionary(entries.map { ($0.key, $0.value) }) { $1 }
    let keys = entries.map(\.key) + stored.keys.filter { now[$0] == nil }.sorted()
    guard let key = keys.first(where: { stored[$0] != now[$0] }) else { return }
    throw RecordError(
      .usage,
      "\(source): \(key) is \(now[key] ?? "absent"), but the study in \(path) began with "
        + "\(stored[key] ?? "none"); put it back, or give the study another name")
  }

  /// Tells of what the database refuses as the records do.
  private static func told<Result>(of path: String, _ body: () throws -> Result) throws -> Result {
    do {
      return try body()
    } catch let error as DatabaseError {
      let isDamaged = [.SQLITE_NOTADB, .SQLITE_CORRUPT, .SQLITE_ERROR].contains(error.resultCode)
      throw RecordError(
        isDamaged ? .unreadable : .inputOutput,
        "\(path): \(error.message ?? "\(error.resultCode)")")
    }
  }
}
