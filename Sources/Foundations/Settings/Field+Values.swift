extension Field {
  /// A whole number within a range.
  public static func integer(
    _ name: String, _ path: WritableKeyPath<Root, Int>,
    in range: some RangeExpression<Int> = Int.min...Int.max, _ summary: String
  ) -> Field {
    value(name, path, .integer(in: range), summary)
  }

  /// A whole number within a range, or null.
  public static func optionalInteger(
    _ name: String, _ path: WritableKeyPath<Root, Int?>,
    in range: some RangeExpression<Int> = Int.min...Int.max, _ summary: String
  ) -> Field {
    value(name, path, ValueForm.integer(in: range).optional, summary)
  }

  /// A finite number within a range; name its unit in the summary.
  ///
  /// A lower bound of ``aboveZero`` is worded as "above 0.0".
  public static func number(
    _ name: String, _ path: WritableKeyPath<Root, Double>,
    in range: some RangeExpression<Double> = anyNumber, _ summary: String
  ) -> Field {
    value(name, path, .number(in: range), summary)
  }

  /// A finite number within a range, or null.
  public static func optionalNumber(
    _ name: String, _ path: WritableKeyPath<Root, Double?>,
    in range: some RangeExpression<Double> = anyNumber, _ summary: String
  ) -> Field {
    value(name, path, ValueForm.number(in: range).optional, summary)
  }

  /// `true` or `false`.
  public static func flag(
    _ name: String, _ path: WritableKeyPath<Root, Bool>, _ summary: String
  ) -> Field {
    value(name, path, .flag, summary)
  }

  /// A text.
  public static func text(
    _ name: String, _ path: WritableKeyPath<Root, String>, _ summary: String
  ) -> Field {
    value(name, path, .text, summary)
  }

  /// A text, or null.
  public static func optionalText(
    _ name: String, _ path: WritableKeyPath<Root, String?>, _ summary: String
  ) -> Field {
    value(name, path, ValueForm.text.optional, summary)
  }

  /// One of the cases of an enumeration, by its raw value.
  public static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ path: WritableKeyPath<Root, Choice>, _ summary: String
  ) -> Field {
    value(name, path, .choice, summary)
  }

  /// A name out of a list that grows elsewhere, where names are looked up: any text is read.
  public static func name<Name: RawRepresentable<String>>(
    _ name: String, _ path: WritableKeyPath<Root, Name>, among known: [Name], _ summary: String
  ) -> Field {
    value(name, path, .name(among: known), summary)
  }

  /// One of the cases of an enumeration, or null.
  public static func optionalChoice<Choice: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ path: WritableKeyPath<Root, Choice?>, _ summary: String
  ) -> Field {
    value(name, path, ValueForm.choice.optional, summary)
  }

  /// A list of whole numbers, each within a range.
  public static func integers(
    _ name: String, _ path: WritableKeyPath<Root, [Int]>,
    in range: some RangeExpression<Int> = Int.min...Int.max, counts: ClosedRange<Int> = 0...Int.max,
    _ summary: String
  ) -> Field {
    value(name, path, ValueForm.integer(in: range).list(counts: counts), summary)
  }

  /// A list of finite numbers, each within a range.
  public static func numbers(
    _ name: String, _ path: WritableKeyPath<Root, [Double]>,
    in range: some RangeExpression<Double> = anyNumber, counts: ClosedRange<Int> = 0...Int.max,
    _ summary: String
  ) -> Field {
    value(name, path, ValueForm.number(in: range).list(counts: counts), summary)
  }

  /// A list of values of any kind but tables.
  public static func values(
    _ name: String, _ path: WritableKeyPath<Root, [ParameterValue]>, _ summary: String
  ) -> Field {
    value(name, path, ValueForm.parameter.list(counts: 0...Int.max), summary)
  }

  /// A list of texts.
  public static func texts(
    _ name: String, _ path: WritableKeyPath<Root, [String]>, counts: ClosedRange<Int> = 0...Int.max,
    _ summary: String
  ) -> Field {
    value(name, path, ValueForm.text.list(counts: counts), summary)
  }
}

/// The range of every finite number.
public let anyNumber = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude

/// The lower bound of a range of numbers above zero.
public let aboveZero = Double.leastNonzeroMagnitude
