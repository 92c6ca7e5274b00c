public import Differentiation
internal import Policies

extension ParameterLayout {
  /// The name that stands for the last layer of a network.
  public static let headName = "head"

  /// 1 for each element of the tensors that a task adapts, 0 for the rest, `[1, parameter]`.
  ///
  /// - Parameter names: Tensors by their names, or by what comes before a dot in them, or `head` for the last
  ///   layer; none for all tensors.
  /// - Returns: The mask.
  public func mask(of names: [String]) -> Tensor<Float> {
    filled { entry in names.isEmpty || names.contains { covers($0, entry) } ? 1 : 0 }
  }

  /// The first of some names that no tensor has.
  public func unknownName(in names: [String]) -> String? {
    names.first { name in !entries.contains { covers(name, $0.name) } }
  }

  private func covers(_ name: String, _ entry: String) -> Bool {
    let prefix = name == Self.headName ? head : name
    return entry == prefix || entry.hasPrefix(prefix + ".")
  }

  /// `layers.l` of the last layer.
  private var head: String {
    let last = entries.last { $0.name.hasPrefix("layers.") }?.name ?? ""
    return last.split(separator: ".").dropLast().joined(separator: ".")
  }

  /// A flat vector with one value for all elements of each tensor.
  public func filled(_ value: (String) -> Float) -> Tensor<Float> {
    Tensor(
      Shape(1, count), entries.flatMap { [Float](repeating: value($0.name), count: $0.shape.count) }
    )
  }
}
