/// One key of a configuration: its name, its place in a Swift value, what it allows and means.
///
/// A table of fields is the single source for reading, `--set`, messages, writing and
/// documentation. Build fields with the static functions: `integer`, `number`, `flag`, `text`,
/// `choice`, lists of them, `optional...` forms, `section` and `parameters`.
public struct Field<Root> {
  /// The key, such as `stepSize`.
  public let name: String

  /// What it means, with its unit.
  public let summary: String

  /// What it allows, such as `a number in 0.0...1.0`; empty for a section.
  public let expected: String

  let shape: FieldShape
  let read: (SettingsNode, inout Root, SettingsPlace) throws(SettingsError) -> Void
  let write: (Root) -> WrittenValue
  let violation: (Root) -> ConstraintViolation?
}

/// Which keys may follow after a field's own.
enum FieldShape {
  /// A single value.
  case value
  /// The fields of a section, each with its shape.
  case section([(name: String, shape: FieldShape)])
  /// Any key.
  case open

  /// The key paths below, each beginning with `prefix`.
  func paths(_ prefix: String) -> [String] {
    guard case .section(let fields) = self else { return [prefix] }
    return [prefix] + fields.flatMap { $0.shape.paths(prefix + "." + $0.name) }
  }
}

/// A field's value as it is written: in its line, or as a block of fields below.
indirect enum WrittenValue {
  case inline(String)
  case block([WrittenField])
}

/// A field with its value, ready to be written.
struct WrittenField {
  var name: String
  var summary: String
  var expected: String
  var value: WrittenValue
}

extension Field {
  /// The field with its value in `root`.
  func written(_ root: Root) -> WrittenField {
    WrittenField(name: name, summary: summary, expected: expected, value: write(root))
  }

  /// A field of a single value.
  static func value<Value>(
    _ name: String, _ path: WritableKeyPath<Root, Value>, _ form: ValueForm<Value>,
    _ summary: String
  ) -> Field {
    Field(
      name: name, summary: summary, expected: form.expected, shape: .value,
      read: { node, root, place throws(SettingsError) in
        guard let value = form.read(node) else {
          let message = "\(place.path) is \(node.shown), expected \(form.expected)"
          throw place.error(line: node.line, message + form.hint(node))
        }
        root[keyPath: path] = value
      },
      write: { .inline(form.write($0[keyPath: path])) },
      violation: { _ in nil })
  }
}
