extension Settings {
  /// The complete configuration as YAML, with the meaning and the allowed values of each key.
  ///
  /// Reading it back gives the same values to the last bit.
  ///
  /// - Parameter heading: Lines to begin with, each made a comment.
  /// - Returns: The text of a configuration file.
  public func yaml(heading: String = "") -> String {
    let comments = heading.split(separator: "\n").map { "# \($0)" }
    let lines = Self.fields.flatMap { yamlLines($0.written(self), indentation: "") }
    return (comments + lines).joined(separator: "\n") + "\n"
  }

  /// Every key path with its value as it is written, in the order of the file.
  public var entries: [(key: String, value: String)] {
    Self.fields.flatMap { leaves($0.written(self), prefix: "") }.map { ($0.key, $0.value) }
  }

  /// The keys with default, allowed values and meaning, as a Markdown table.
  public static var documentation: String {
    let defaults = Self()
    let rows = fields.flatMap { leaves($0.written(defaults), prefix: "") }.map { leaf in
      let cells = ["`\(leaf.key)`", "`\(leaf.value)`", leaf.field.expected, leaf.field.summary]
      let escaped = cells.map { $0.split(separator: "|").joined(separator: "\\|") }
      return "| " + escaped.joined(separator: " | ") + " |"
    }
    let heading = ["| key | default | allowed | meaning |", "|---|---|---|---|"]
    return (heading + rows).joined(separator: "\n") + "\n"
  }
}

private func yamlLines(_ field: WrittenField, indentation: String) -> [String] {
  let notes = [field.summary, field.expected].filter { !$0.isEmpty }
  let comment = notes.isEmpty ? "" : "  # " + notes.joined(separator: "; ")
  switch field.value {
  case .inline(let text):
    return ["\(indentation)\(field.name): \(text)\(comment)"]
  case .block(let fields):
    let below = fields.flatMap { yamlLines($0, indentation: indentation + "  ") }
    // A block without lines would read as null.
    let value = below.isEmpty ? " {}" : ""
    return ["\(indentation)\(field.name):\(value)\(comment)"] + below
  }
}

/// The fields that hold values themselves, each with its path and its value.
private func leaves(
  _ field: WrittenField, prefix: String
) -> [(key: String, value: String, field: WrittenField)] {
  let key = prefix + field.name
  switch field.value {
  case .inline(let text): return [(key, text, field)]
  case .block(let fields): return fields.flatMap { leaves($0, prefix: key + ".") }
  }
}
