public import Differentiation
internal import Policies

/// What becomes of the step sizes of training when a policy or model is adapted after it.
public struct TestTimeRule: Sendable, Hashable, Codable {
  /// What all sizes are multiplied by.
  public var factor: Double
  /// How many steps are taken with the sizes of training; nil for as many as training took.
  public var trainedSteps: Int?
  /// What the last size is multiplied by in the steps beyond those.
  public var laterFactor: Double

  /// A rule; without arguments the protocol of Finn et al. 2017: as trained, and beyond it half the last size.
  public init(factor: Double = 1, trainedSteps: Int? = nil, laterFactor: Double = 0.5) {
    self.factor = factor
    self.trainedSteps = trainedSteps
    self.laterFactor = laterFactor
  }
}

/// α for each inner step, as a task takes it: 0 for the parameters that a task leaves as they are.
public struct StepSizes: Sendable {
  /// Of each step where they are learned, otherwise of all steps alike, `[1, parameter]`.
  private let sizes: [Tensor<Double>]
  /// How many steps training took, at least 1.
  private let trainedSteps: Int
  private let rule: TestTimeRule

  /// The sizes of each step of training.
  ///
  /// - Parameters:
  ///   - sizes: Of each step, or of all steps alike, `[1, parameter]`.
  ///   - trainedSteps: How many steps training took.
  ///   - rule: What becomes of them.
  public init(
    _ sizes: [Tensor<Double>], trainedSteps: Int, rule: TestTimeRule = TestTimeRule()
  ) {
    self.sizes = sizes
    self.trainedSteps = max(rule.trainedSteps ?? trainedSteps, 1)
    self.rule = rule
  }

  /// The sizes that training learned, or else as settings give them.
  ///
  /// - Parameters:
  ///   - learned: Of each step, `[1, parameter]`; none where they are given.
  ///   - inner: The inner loop.
  ///   - layout: Names the parameters.
  ///   - rule: What becomes of the sizes.
  public init(
    learned: [Tensor<Float>], _ inner: InnerSettings, _ layout: ParameterLayout,
    rule: TestTimeRule = TestTimeRule()
  ) {
    let learned = learned.map { $0.converted(to: Double.self) }
    let mask = layout.mask(of: inner.adapts).converted(to: Double.self)
    self.init(
      (learned.isEmpty ? [inner.stepSizes(for: layout)] : learned).map {
        $0.multiplied(by: mask)
      }, trainedSteps: learned.isEmpty ? inner.steps : learned.count, rule: rule)
  }

  /// The sizes of a step, `[1, parameter]`.
  public subscript<Scalar: TensorScalar>(step: Int) -> Tensor<Scalar> {
    let later = step < trainedSteps ? 1 : rule.laterFactor
    return sizes[min(step, sizes.count - 1)].scaled(by: rule.factor * later)
      .converted(to: Scalar.self)
  }
}

extension InnerSettings {
  /// α for each parameter as it is given, `[1, parameter]`.
  public func stepSizes(for layout: ParameterLayout) -> Tensor<Double> {
    layout.filled { name in
      let isDeviation = name == Policy.logStandardDeviationName
      return Float(stepSize * (isDeviation ? logStandardDeviationFactor : 1))
    }.converted(to: Double.self)
  }
}
