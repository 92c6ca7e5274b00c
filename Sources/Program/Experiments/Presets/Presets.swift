internal import RunRecords
internal import Settings

/// A configuration that comes with the program.
public struct Preset: Sendable {
  /// The name on the command line.
  public let name: String
  /// One line on what it is for.
  public let summary: String
  /// The configuration.
  public let configuration: Configuration

  /// The command that makes its published curve.
  public var command: String {
    "fledge train \(name) && fledge evaluate runs/\(name)-1"
      + (published.map { " --protocol \($0)" } ?? "")
  }

  /// The published protocol that it is measured by; nil for the usual one.
  private let published: String?

  init(
    _ name: String, _ summary: String, measuredBy published: String? = nil,
    _ configure: (inout Configuration) -> Void
  ) {
    self.name = name
    self.summary = summary
    self.published = published
    var configuration = Configuration()
    configuration.run.name = name
    configure(&configuration)
    self.configuration = configuration
  }
}

extension Configuration {
  /// A preset's, which goes by the name of the file that extends it.
  public static func base(_ name: String) throws -> Configuration {
    var configuration = try Preset.named(name, otherwise: "").configuration
    configuration.run.name = ""
    return configuration
  }
}

extension Preset {
  /// All presets, in the order in which they are listed.
  public static var all: [Preset] {
    navigations + robots + memories + benchmarks + fewShot + yardsticks
  }

  /// Looks a preset up.
  ///
  /// - Throws: `RecordError` of kind `usage` with the nearest name.
  public static func named(_ name: String) throws -> Preset {
    try named(name, otherwise: "; a YAML file's path works too")
  }

  /// Looks a preset up, with what else would be right.
  fileprivate static func named(_ name: String, otherwise: String) throws -> Preset {
    if let preset = all.first(where: { $0.name == name }) { return preset }
    let names = all.map(\.name)
    let advice =
      nearestName(to: name, among: names).map { "did you mean \($0)?" }
      ?? "known are \(names.joined(separator: ", "))\(otherwise)"
    throw RecordError(.usage, "unknown preset '\(name.prefix(80))'; \(advice)")
  }
}
