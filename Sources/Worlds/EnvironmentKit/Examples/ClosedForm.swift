/// A result of training that is known beforehand: what the best initialization, or step size, is.
public struct ClosedForm: Sendable, Hashable, Codable {
  /// What it is a value of.
  public enum Quantity: String, Sendable, Hashable, Codable {
    /// What tasks are adapted from.
    case initialization
    /// α of the first step.
    case stepSize
  }

  /// What it is a value of.
  public let quantity: Quantity
  /// The tensor of the model that it is about, such as `layers.0.bias`.
  public let tensor: String
  /// What training found, element by element; empty before that is known.
  public var found: [Double] = []
  /// What it finds in the end, element by element.
  public let closedForm: [Double]

  /// A value that is known.
  ///
  /// - Parameters:
  ///   - quantity: What it is a value of.
  ///   - tensor: The tensor of the model that it is about.
  ///   - closedForm: For each element of the tensor.
  public init(_ quantity: Quantity, of tensor: String, _ closedForm: [Double]) {
    (self.quantity, self.tensor, self.closedForm) = (quantity, tensor, closedForm)
  }
}

/// How a model that is linear in its parameters is adapted, as far as the best initialization depends on it.
public struct AdaptationRule: Sendable, Hashable {
  /// Gradient steps down the mean squared error of the support set.
  public var steps: Int
  /// α, nil where it is learned.
  public var stepSize: Double?
  /// Examples in the support set, of each class where there are classes.
  public var shots: Int
  /// Whether the outer gradient ignores second derivatives.
  public var isFirstOrder: Bool

  /// A rule of its parts.
  public init(steps: Int, stepSize: Double?, shots: Int, isFirstOrder: Bool) {
    self.steps = steps
    self.stepSize = stepSize
    self.shots = shots
    self.isFirstOrder = isFirstOrder
  }
}
