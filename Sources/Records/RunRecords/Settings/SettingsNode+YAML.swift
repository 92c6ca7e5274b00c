internal import Settings
internal import Yams

extension SettingsNode {
  /// The largest configuration that is read, in bytes.
  static let sizeLimit = 1 << 20

  private static let depthLimit = 32

  /// Reads a YAML document; nil if it holds nothing.
  ///
  /// Anchors and aliases are refused: a few lines of them can stand for billions of values.
  ///
  /// - Throws: `SettingsError` naming `source` and the line.
  init?(yaml text: String, source: String) throws(SettingsError) {
    guard text.utf8.count <= Self.sizeLimit else {
      throw SettingsError(source: source, "holds \(text.utf8.count) bytes, expected at most 1 MiB")
    }
    guard aliasCount(in: text) <= 24 else {
      throw SettingsError(source: source, "holds many aliases (*name); write the values out")
    }
    // Yams hands libyaml a pointer that a string of 15 bytes or fewer would not keep in place.
    let padded = text.utf8.count < 16 ? text + String(repeating: "\n", count: 16) : text
    do {
      // Anchors are known only as long as the parser lives.
      let parser = try Parser(yaml: padded, resolver: .basic, encoding: .utf8)
      guard let root = try parser.singleRoot() else { return nil }
      self = try withExtendedLifetime(parser) { try Self.converted(root, source, depth: 0) }
    } catch let error as SettingsError {
      throw error
    } catch {
      throw located(error, in: source, lineCount: text.utf8.count { $0 == 10 } + 1)
    }
  }

  private static func converted(
    _ node: Node, _ source: String, depth: Int
  ) throws(SettingsError) -> SettingsNode {
    let line = node.mark?.line
    guard node.anchor == nil, node.alias == nil else {
      throw SettingsError(
        source: source,
        line: line,
        "anchors (&name) and aliases (*name) are not read; write the values out")
    }
    guard depth < depthLimit else {
      throw SettingsError(
        source: source, line: line, "is nested more than \(depthLimit) levels deep")
    }
    switch node {
    case .scalar(let scalar):
      let isPlain = scalar.style == .plain || scalar.style == .any
      return SettingsNode(line: line, content: .scalar(scalar.string, isPlain: isPlain))
    case .sequence(let sequence):
      let items = try sequence.map { item throws(SettingsError) in
        try converted(item, source, depth: depth + 1)
      }
      return SettingsNode(line: line, content: .list(items))
    case .mapping(let mapping):
      let entries = try self.entries(of: mapping, source, depth: depth)
      return SettingsNode(line: line, content: .mapping(entries))
    case .alias:
      throw SettingsError(
        source: source, line: line, "aliases (*name) are not read; write the values out")
    }
  }

  private static func entries(
    of mapping: Node.Mapping, _ source: String, depth: Int
  ) throws(SettingsError) -> [Entry] {
    var seen: Set<String> = []
    return try mapping.map { key, value throws(SettingsError) in
      guard let name = key.scalar?.string, key.anchor == nil else {
        throw SettingsError(
          source: source,
          line: key.mark?.line,
          "a key is not a plain name; expected lines such as name: value")
      }
      guard seen.insert(name).inserted else {
        throw SettingsError(
          source: source, line: key.mark?.line, "the key \(quoted(name)) stands twice")
      }
      let node = try converted(value, source, depth: depth + 1)
      return Entry(key: name, line: key.mark?.line, value: node)
    }
  }
}

/// How often `*` stands before a letter or digit: at least the number of aliases.
///
/// Complex keys made of aliases cost exponential time inside the parser, so they are counted before.
private func aliasCount(in text: String) -> Int {
  var count = 0
  var previous: UInt8 = 0
  for byte in text.utf8 {
    let isName = (48...57).contains(byte) || (65...90).contains(byte & 0xDF) || byte == 95
    if previous == UInt8(ascii: "*") && (isName || byte == UInt8(ascii: "-")) { count += 1 }
    previous = byte
  }
  return count
}

/// A parser's error in one line, with the place in the file, which has `lineCount` lines.
private func located(
  _ error: any Error, in source: String, lineCount: Int
) -> SettingsError {
  switch error as? YamlError {
  case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
    .composer(_, let problem, let mark, _):
    SettingsError(source: source, line: min(mark.line, lineCount), "is not valid YAML: \(problem)")
  case .reader(let problem, _, _, _):
    SettingsError(source: source, "is not valid YAML: \(problem)")
  case .duplicatedKeysInMapping(let keys, let context):
    SettingsError(
      source: source,
      line: context.mark.line, "the key \(quoted(keys.first ?? "")) stands twice in one section")
  default:
    SettingsError(source: source, "is not valid YAML")
  }
}
