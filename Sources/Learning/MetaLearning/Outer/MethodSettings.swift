/// Hyperparameters that one outer method alone has.
public protocol MethodSettings: Sendable, Equatable {
  /// What they are unless they are set.
  init()
}

/// The hyperparameters of several outer methods, each in a type of its own.
public struct OwnSettings: Sendable, Equatable {
  private var values: [any MethodSettings] = []

  /// All as they usually are.
  public init() {}

  /// The hyperparameters of one method, as they usually are unless they were set.
  public subscript<Own: MethodSettings>(_ type: Own.Type) -> Own {
    get { values.lazy.compactMap { $0 as? Own }.first ?? Own() }
    set {
      values.removeAll { $0 is Own }
      values.append(newValue)
    }
  }

  /// Whether all are the same; those that were never set are as they usually are.
  public static func == (left: OwnSettings, right: OwnSettings) -> Bool {
    left.values.allSatisfy { $0.equals(in: right) }
      && right.values.allSatisfy { $0.equals(in: left) }
  }
}

extension MethodSettings {
  fileprivate func equals(in others: OwnSettings) -> Bool { others[Self.self] == self }
}
