/// How one kind of value is described, read and written.
struct ValueForm<Value> {
  var expected: String
  var read: (SettingsNode) -> Value?
  var write: (Value) -> String
  /// What to add to a message about a value that can't be read, such as the nearest allowed one.
  var hint: (SettingsNode) -> String = { _ in "" }

  /// The form that also allows `null`.
  var optional: ValueForm<Value?> {
    ValueForm<Value?>(
      expected: expected + ", or null",
      read: { node in node.isNull ? .some(nil) : read(node).map { .some($0) } },
      write: { $0.map(write) ?? "null" }, hint: hint)
  }

  /// The form of a list of such values.
  func list(counts: ClosedRange<Int>) -> ValueForm<[Value]> {
    ValueForm<[Value]>(
      expected: "a list\(describe(counts)), each item \(expected)",
      read: { node in
        guard let items = node.items, counts.contains(items.count) else { return nil }
        let values = items.compactMap(read)
        return values.count == items.count ? values : nil
      },
      write: { "[" + $0.map(write).joined(separator: ", ") + "]" })
  }
}

extension SettingsNode {
  /// The items of a list, also of one that is written as on a command line, `256,256`.
  fileprivate var items: [SettingsNode]? {
    switch content {
    case .list(let items): return items
    case .scalar(let text, isPlain: true) where !isNull && !text.isEmpty:
      return text.split(separator: ",", omittingEmptySubsequences: false).map { item in
        let trimmed = String(item.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
        return SettingsNode(line: line, content: .scalar(trimmed, isPlain: true))
      }
    default: return nil
    }
  }
}

extension ValueForm where Value: Comparable {
  /// What plain text stands for, within a range.
  fileprivate init(
    _ kind: String, in range: some RangeExpression<Value>, read: @escaping (String) -> Value?,
    write: @escaping (Value) -> String
  ) {
    self.init(
      expected: kind + rangeText(range),
      read: { node in node.plainText.flatMap(read).flatMap { range.contains($0) ? $0 : nil } },
      write: write)
  }
}

extension ValueForm where Value == Int {
  /// An integer within a range.
  static func integer(in range: some RangeExpression<Int>) -> ValueForm {
    ValueForm("an integer", in: range, read: ScalarText.integer, write: { String($0) })
  }
}

extension ValueForm where Value == Double {
  /// A finite number within a range.
  static func number(in range: some RangeExpression<Double>) -> ValueForm {
    ValueForm("a number", in: range, read: ScalarText.number, write: ScalarText.text(of:))
  }
}

extension ValueForm where Value == Bool {
  /// A flag.
  static var flag: ValueForm {
    ValueForm(
      expected: "true or false", read: { $0.plainText.flatMap(ScalarText.flag) },
      write: { String($0) })
  }
}

extension ValueForm where Value == String {
  /// A text.
  static var text: ValueForm {
    ValueForm(
      expected: "a text",
      read: { node in
        guard case .scalar(let text, _) = node.content, !node.isNull else {
          return nil
        }
        return text
      },
      write: { ScalarText.text(of: $0) })
  }
}

extension ValueForm where Value == ParameterValue {
  /// What stands for itself, of any kind but a table.
  static var parameter: ValueForm {
    ValueForm(
      expected: "a number, true or false, a text, or a list of these",
      read: { ParameterValue($0) }, write: \.yaml)
  }
}

extension ValueForm where Value: RawRepresentable<String> & CaseIterable {
  /// One of the cases of an enumeration, by its raw value.
  static var choice: ValueForm {
    let names = Value.allCases.map(\.rawValue)
    return ValueForm(
      expected: "one of " + names.joined(separator: ", "),
      read: { node in
        guard case .scalar(let text, _) = node.content else { return nil }
        return Value(rawValue: text)
      },
      write: { ScalarText.text(of: $0.rawValue) },
      hint: { node in
        guard case .scalar(let text, _) = node.content else { return "" }
        return suggestion(for: text, among: names)
      })
  }
}

extension ValueForm where Value: RawRepresentable<String> {
  /// A name out of a list that grows elsewhere.
  static func name(among known: [Value]) -> ValueForm {
    ValueForm(
      expected: "one of " + known.map(\.rawValue).joined(separator: ", "),
      read: { ValueForm<String>.text.read($0).flatMap(Value.init) },
      write: { ScalarText.text(of: $0.rawValue) })
  }
}

private func describe(_ counts: ClosedRange<Int>) -> String {
  if counts.lowerBound == counts.upperBound { return " of \(counts.lowerBound)" }
  if counts.upperBound == Int.max {
    return counts.lowerBound == 0 ? "" : " of at least \(counts.lowerBound)"
  }
  return " of \(counts.lowerBound) to \(counts.upperBound)"
}

/// A range as a message words it; nothing for one that excludes nothing.
private func rangeText<Bound>(_ range: some RangeExpression<Bound>) -> String {
  if let whole = range as? ClosedRange<Int> {
    if whole == Int.min...Int.max { return "" }
    if whole.upperBound == Int.max { return " of at least \(whole.lowerBound)" }
  }
  if let whole = range as? ClosedRange<Double> {
    let ends = (whole.lowerBound, whole.upperBound)
    if ends.1 >= Double.greatestFiniteMagnitude {
      return ends.0 <= -Double.greatestFiniteMagnitude ? "" : lowerBoundText(ends.0)
    }
    if ends.0 == aboveZero { return " above 0.0 and at most \(ends.1)" }
  }
  if let open = range as? PartialRangeFrom<Double> { return lowerBoundText(open.lowerBound) }
  if let open = range as? PartialRangeFrom<Int> { return " of at least \(open.lowerBound)" }
  return " in \(range)"
}

private func lowerBoundText(_ bound: Double) -> String {
  bound == aboveZero ? " above 0.0" : " of at least \(bound)"
}
