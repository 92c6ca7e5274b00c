/// A piece of a configuration as it was written, with its line, before it has a type.
///
/// What parses a file makes the tree; the tables of fields read it.
package struct SettingsNode {
  /// The line it starts on, from 1; nil for a value from the command line.
  package var line: Int?
  /// What stands there.
  package var content: Content

  /// The kinds of what can stand there.
  package enum Content {
    /// A scalar; `isPlain` unless it stood in quotes or a block, which makes it a text.
    case scalar(String, isPlain: Bool)
    case list([SettingsNode])
    case mapping([Entry])
  }

  /// A key with its value, in the order of the file.
  package struct Entry {
    package var key: String
    package var line: Int?
    package var value: SettingsNode

    package init(key: String, line: Int?, value: SettingsNode) {
      self.key = key
      self.line = line
      self.value = value
    }
  }

  package init(line: Int?, content: Content) {
    self.line = line
    self.content = content
  }

  /// The scalar's text if it stands without quotes.
  var plainText: String? {
    if case .scalar(let text, isPlain: true) = content { text } else { nil }
  }

  /// Whether it is YAML's null: `null`, `~` or nothing at all.
  package var isNull: Bool { plainText.map { ["null", "~", ""].contains($0) } ?? false }

  /// The value as a message shows it.
  var shown: String {
    switch content {
    case .scalar(_, isPlain: true) where isNull: "empty"
    case .scalar(let text, isPlain: true): quoted(text)
    case .scalar(let text, isPlain: false): "the text " + quoted(text)
    case .list(let items): "a list of \(items.count)"
    case .mapping(let entries): "a mapping with \(entries.count) keys"
    }
  }
}

/// Where a configuration comes from and which key is being read, for messages.
struct SettingsPlace {
  /// The file's name, or the command-line argument.
  var source: String
  /// The key path so far, such as `inner.stepSize`; empty at the top.
  var path: String
  /// Every key path there is, for suggestions.
  var known: [String]

  /// The place one key deeper.
  func inside(_ key: String) -> SettingsPlace {
    SettingsPlace(source: source, path: joined(key), known: known)
  }

  /// The path of a key at this place.
  func joined(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

  /// An error at a line of the source.
  func error(line: Int?, _ message: String) -> SettingsError {
    SettingsError(source: source, line: line, message)
  }

  /// The error for a key that no table has, with the nearest one that exists.
  func unknownKey(_ key: String, line: Int?, siblings: [String]) -> SettingsError {
    let shown = printable(joined(key))
    guard let nearest = nearestKey(to: joined(key), among: known) else {
      let advice =
        siblings.isEmpty
        ? "none is known there" : "expected one of \(siblings.joined(separator: ", "))"
      return error(line: line, "unknown key \(shown); \(advice)")
    }
    return error(line: line, "unknown key \(shown); did you mean \(nearest)?")
  }

  /// The key as it is if it is short and ordinary, else in quotes and shortened.
  private func printable(_ key: String) -> String {
    let isOrdinary = key.utf8.allSatisfy { $0 > 32 && $0 < 127 }
    return isOrdinary && key.utf8.count <= 80 ? key : quoted(key)
  }
}
