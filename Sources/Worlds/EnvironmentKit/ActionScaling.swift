/// From a policy's numbers to an environment's actions: -1 and 1 stand for the bounds, 0 for their middle.
public struct ActionScaling: Sendable, Hashable {
  /// What 0 stands for, `[component]`.
  public let middles: [Float]
  /// Half of the distance between the bounds, `[component]`.
  public let reaches: [Float]

  /// The scaling of an environment's actions; nil where there is nothing to scale, as all reach from -1 to 1 or
  /// are choices.
  ///
  /// - Parameter space: The actions taken.
  public init?(_ space: ActionSpace) {
    guard case .continuous(let components) = space,
      components.contains(where: { $0.range != -1...1 })
    else { return nil }
    middles = components.map { $0.range.lowerBound / 2 + $0.range.upperBound / 2 }
    reaches = components.map { $0.range.upperBound / 2 - $0.range.lowerBound / 2 }
  }

  /// Scales actions in place; what lies beyond -1 or 1 comes to lie beyond the bounds.
  ///
  /// - Parameters:
  ///   - actions: A policy's numbers, `[row, component]`.
  ///   - rows: How many actions.
  public func apply(to actions: UnsafeMutablePointer<Float>, rows: Int) {
    for row in 0..<rows {
      for (column, middle) in middles.enumerated() {
        let index = row * middles.count + column
        actions[index] = middle + reaches[column] * actions[index]
      }
    }
  }
}
