/// `run.json`: what a run is, on which machine and from which versions it came, and how it stands.
public struct RunFacts: Hashable, Sendable {
  /// The name of the run's configuration.
  public var name: String
  /// The seed of every random stream.
  public var seed: Int
  /// How the run stands.
  public var status: Status
  /// When it began, as ISO 8601 in UTC.
  public var start: String
  /// When it ended, as ISO 8601 in UTC; nil while it runs.
  public var end: String?
  /// Iterations done.
  public var iterations: Int
  /// What to know about a failure, in one line; nil if there was none.
  public var failure: String?
  /// Versions of the program and its libraries, by name.
  public var versions: [String: String]
  /// Facts about the machine: processor, cores, operating system.
  public var host: [String: String]
  /// Further facts, each a key of its own in the file.
  public var extra: [String: String]

  /// How a run stands.
  public enum Status: String, Sendable, CaseIterable {
    /// Being trained; or ended by a kill or a power cut, until somebody looks.
    case running
    /// All iterations are done.
    case finished
    /// Stopped by a signal, its state saved; or killed, with the state of its last checkpoint.
    case interrupted
    /// Stopped by an error.
    case failed
  }

  /// Makes the facts of a run that begins now.
  public init(
    name: String, seed: Int, versions: [String: String] = [:],
    host: [String: String] = RunFacts.currentHost
  ) {
    self.name = name
    self.seed = seed
    self.versions = versions
    self.host = host
    status = .running
    start = Self.now
    iterations = 0
    extra = [:]
  }

  /// Ends the run now.
  public mutating func finish(_ status: Status, failure: String? = nil) {
    self.status = status
    self.failure = failure
    end = Self.now
  }

  /// Reads `run.json`.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if the file isn't there or isn't a run's.
  public init(file: String) throws {
    let json = JSON(try Files.read(file, limit: 1 << 20)[...])
    guard case .object(let entries)? = json, let json, let name = json["name"]?.string,
      let seed = json["seed"]?.integer, let start = json["start"]?.string,
      let status = json["status"]?.string.flatMap(Status.init(rawValue:))
    else {
      throw RecordError.unreadable("\(file): is not a run's facts: name, seed, start and status")
    }
    self.init(
      name: name, seed: seed, versions: json["versions"]?.texts ?? [:],
      host: json["host"]?.texts ?? [:])
    self.status = status
    self.start = start
    end = json["end"]?.string
    iterations = json["iterations"]?.integer ?? 0
    failure = json["problem"]?.string
    for entry in entries where !Self.ownKeys.contains(entry.key) {
      extra[entry.key] = entry.value.string
    }
  }

  /// Writes `run.json` in one step.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`; the old file stays.
  public func write(to file: String) throws {
    var entries: [(key: String, value: JSON)] = [
      ("name", .text(name)), ("seed", .integer(seed)), ("status", .text(status.rawValue)),
      ("start", .text(start)), ("end", end.map { .text($0) } ?? .null),
      ("iterations", .integer(iterations)),
    ]
    if let failure { entries.append(("problem", .text(failure))) }
    entries.append(("versions", JSON(versions)))
    entries.append(("host", JSON(host)))
    for (key, value) in extra.sorted(by: { $0.key < $1.key }) where !Self.ownKeys.contains(key) {
      entries.append((key, .text(value)))
    }
    try Files.replace(file, with: [Array(JSON.object(entries).lines.utf8)])
  }

  private static let ownKeys: Set<String> = [
    "name", "seed", "status", "start", "end", "iterations", "problem", "versions", "host",
  ]
}
