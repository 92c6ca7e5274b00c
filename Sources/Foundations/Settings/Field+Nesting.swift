extension Field {
  /// A section: a mapping with a table of its own.
  public static func section<Section: Settings>(
    _ name: String, _ path: WritableKeyPath<Root, Section>, _ summary: String
  ) -> Field {
    let fields = Section.fields
    return Field(
      name: name, summary: summary, expected: "",
      shape: .section(fields.map { ($0.name, $0.shape) }),
      read: { node, root, place throws(SettingsError) in
        try readSection(node, into: &root[keyPath: path], fields, place)
      },
      write: { root in .block(fields.map { $0.written(root[keyPath: path]) }) },
      violation: { root in
        firstViolation(in: root[keyPath: path], fields)?.inside(name)
      })
  }

  /// A mapping of names of the user's own to sections, in the order in which they are written.
  ///
  /// - Parameters:
  ///   - name: The key.
  ///   - path: The sections with their names.
  ///   - list: The key of a section that a list stands for, where it stands in the section's place.
  ///   - summary: What it means.
  /// - Returns: The field.
  public static func sections<Section: Settings & Sendable & Equatable>(
    _ name: String, _ path: WritableKeyPath<Root, [NamedSection<Section>]>, list: String,
    _ summary: String
  ) -> Field {
    let fields = Section.fields
    return Field(
      name: name, summary: summary, expected: "", shape: .open,
      read: { node, root, place throws(SettingsError) in
        guard case .mapping(let entries) = node.content else {
          throw place.error(line: node.line, "\(place.path) is \(node.shown), expected a mapping")
        }
        root[keyPath: path] = []
        for entry in entries {
          var node = entry.value
          if case .list = node.content {
            let value = SettingsNode.Entry(key: list, line: node.line, value: node)
            node = SettingsNode(line: node.line, content: .mapping([value]))
          }
          var section = Section()
          try readSection(node, into: &section, fields, place.inside(entry.key))
          root[keyPath: path].append(NamedSection(name: entry.key, section: section))
        }
      },
      write: { root in
        let sections = root[keyPath: path]
        guard !sections.isEmpty else { return .inline("{}") }
        return .block(
          sections.map { named in
            WrittenField(
              name: ScalarText.text(of: named.name), summary: "", expected: "",
              value: .block(fields.map { $0.written(named.section) }))
          })
      },
      violation: { root in
        for named in root[keyPath: path] {
          if let violation = firstViolation(in: named.section, fields) {
            return violation.inside(named.name).inside(name)
          }
        }
        return nil
      })
  }

  /// A free-form mapping, whose keys and values are checked elsewhere.
  ///
  /// What a file or `--set` gives is merged key by key into what the value holds already.
  public static func parameters(
    _ name: String, _ path: WritableKeyPath<Root, [String: ParameterValue]>, _ summary: String
  ) -> Field {
    Field(
      name: name, summary: summary, expected: "a mapping of names to values", shape: .open,
      read: { node, root, place throws(SettingsError) in
        guard case .mapping(let entries) = node.content else {
          let message = "\(place.path) is \(node.shown), expected a mapping of names to values"
          throw place.error(line: node.line, message)
        }
        for entry in entries {
          root[keyPath: path][entry.key] = try parameter(entry, place.inside(entry.key))
        }
      },
      write: { .init(parameters: $0[keyPath: path]) },
      violation: { _ in nil })
  }
}

/// A section of a mapping whose names are the user's own.
public struct NamedSection<Section: Settings & Sendable & Equatable>: Sendable, Equatable {
  /// The key.
  public var name: String
  /// What stands there.
  public var section: Section

  /// A section by its name.
  public init(name: String, section: Section) { (self.name, self.section) = (name, section) }
}

/// Reads the keys of a mapping into a value, each by the field of its name.
///
/// - Throws: `SettingsError` for an unknown key, a wrong type or a value out of range.
func readSection<Root>(
  _ node: SettingsNode, into root: inout Root, _ fields: [Field<Root>], _ place: SettingsPlace
) throws(SettingsError) {
  guard case .mapping(let entries) = node.content else {
    let names = fields.map(\.name).joined(separator: ", ")
    let subject = place.path.isEmpty ? "the configuration" : place.path
    let message = "\(subject) is \(node.shown), expected a mapping with keys among \(names)"
    throw place.error(line: node.line, message)
  }
  for entry in entries {
    guard let field = fields.first(where: { $0.name == entry.key }) else {
      throw place.unknownKey(entry.key, line: entry.line, siblings: fields.map(\.name))
    }
    try field.read(entry.value, &root, place.inside(entry.key))
  }
}

/// The first violation: of the sections in their order, then of the value itself.
func firstViolation<Root: Settings>(
  in root: Root, _ fields: [Field<Root>]
) -> ConstraintViolation? {
  for field in fields {
    if let violation = field.violation(root) { return violation }
  }
  return root.violation()
}

private func parameter(
  _ entry: SettingsNode.Entry, _ place: SettingsPlace
) throws(SettingsError) -> ParameterValue {
  guard let value = ParameterValue(entry.value) else {
    let message =
      "\(place.path) is \(entry.value.shown), expected a finite number, "
      + "true or false, a text, or a list of these"
    throw place.error(line: entry.line, message)
  }
  return value
}

extension WrittenValue {
  /// A free-form mapping, its keys in order.
  fileprivate init(parameters: [String: ParameterValue]) {
    guard !parameters.isEmpty else {
      self = .inline("{}")
      return
    }
    let fields = parameters.sorted { $0.key < $1.key }.map { key, value in
      WrittenField(
        name: ScalarText.text(of: key), summary: "", expected: "", value: .inline(value.yaml))
    }
    self = .block(fields)
  }
}
