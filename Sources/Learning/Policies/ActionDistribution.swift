public import Differentiation

/// The family of distributions over actions, and what is computed from its outputs.
public enum ActionDistribution: Sendable, Equatable {
  /// Independent normal actions with a standard deviation that does not depend on the state and whose
  /// logarithm has a floor.
  case gaussian(minimumLogStandardDeviation: Double)
  /// Independent normal numbers whose standard deviation the network puts out behind their mean; the action is their
  /// hyperbolic tangent, between -1 and 1 (Haarnoja et al., "Soft actor-critic", 2018, appendix C).
  ///
  /// What is drawn and judged are the numbers before the tangent: ratios of likelihoods and divergences are the same
  /// before it and behind it, the entropy is not.
  case squashedGaussian
  /// One of finitely many actions; the network's outputs are unnormalized log-probabilities.
  case categorical
}

/// What describes action distributions for a batch of observations.
public struct DistributionOutputs<Scalar: TensorScalar> {
  /// The Gaussian's mean, the squashed Gaussian's mean and log standard deviation, or the categorical's logits,
  /// `[step, output]`.
  public let location: Variable<Scalar>
  /// The Gaussian's log standard deviation with its floor applied, `[1, action]`.
  public let logStandardDeviation: Variable<Scalar>?
  /// The value of each observation, `[step, 1]`, of a policy that has a head for it; otherwise nil.
  public let value: Variable<Scalar>?

  /// The same outputs as constants.
  public var detached: DistributionOutputs {
    DistributionOutputs(
      location: location.detached, logStandardDeviation: logStandardDeviation?.detached,
      value: value?.detached)
  }
}

/// The actions of a batch.
public enum Actions<Scalar: TensorScalar>: Sendable {
  /// `[step, component]`, as the Gaussian drew them, before they are squashed or the environment clips them.
  case continuous(Tensor<Scalar>)
  /// One index for each step.
  case discrete([Int])

  /// The actions of the first steps.
  public func prefix(_ count: Int) -> Actions {
    switch self {
    case .continuous(let values): .continuous(values.rows(0..<count))
    case .discrete(let indices): .discrete(Array(indices[..<count]))
    }
  }
}

extension ActionDistribution {
  func outputs<Scalar>(
    of location: Variable<Scalar>, value: Variable<Scalar>?, _ parameters: [Variable<Scalar>]
  ) -> DistributionOutputs<Scalar> {
    guard case .gaussian(let minimum) = self, let free = parameters.last else {
      return DistributionOutputs(location: location, logStandardDeviation: nil, value: value)
    }
    // max(s, floor) = floor + relu(s - floor): below the floor no gradient flows, as for max.
    let floor = Variable(Tensor(free.shape, repeating: Scalar(minimum)))
    return DistributionOutputs(
      location: location, logStandardDeviation: floor + (free - floor).rectified(), value: value)
  }

  /// `log π(a | o)`, summed over action components, `[step, 1]`.
  public func logProbabilities<Scalar>(
    _ outputs: DistributionOutputs<Scalar>, of actions: Actions<Scalar>
  ) -> Variable<Scalar> {
    switch actions {
    case .continuous(let values):
      guard let (mean, logDeviation) = normal(outputs) else {
        preconditionFailure("continuous actions need a Gaussian policy")
      }
      let rows = values.shape.rows
      let inverse = logDeviation.scaled(by: -1).exponential
      let standardized = (Variable(values) - mean) * inverse.repeated(toRows: rows)
      let constant = Scalar(values.shape.columns) * Scalar(0.5 * Double.log2Pi)
      let offset =
        logDeviation.sumOverColumns().scaled(by: -1)
        - Variable(constant).repeated(toRows: logDeviation.shape.rows)
      return standardized.squared.sumOverColumns().scaled(by: -0.5)
        + offset.repeated(toRows: rows)
    case .discrete(let indices):
      return outputs.location.logSoftmax().elements(inColumns: indices)
    }
  }

  /// The entropy of each step's distribution in nats, `[step, 1]`.
  public func entropy<Scalar>(_ outputs: DistributionOutputs<Scalar>) -> Variable<Scalar> {
    let rows = outputs.location.shape.rows
    if let (_, logDeviation) = normal(outputs) {
      // Σ log σ + (1 + log 2π) / 2
      let constant = Scalar(logDeviation.shape.columns) * Scalar(0.5 * (1 + Double.log2Pi))
      return
        (logDeviation.sumOverColumns()
        + Variable(constant).repeated(toRows: logDeviation.shape.rows)).repeated(toRows: rows)
    }
    let logs = outputs.location.logSoftmax()
    return (logs.exponential * logs).sumOverColumns().scaled(by: -1)
  }

  /// The Kullback-Leibler divergence from `old` to `new` for each step, `[step, 1]`.
  public func divergence<Scalar>(
    from old: DistributionOutputs<Scalar>, to new: DistributionOutputs<Scalar>
  ) -> Variable<Scalar> {
    let rows = new.location.shape.rows
    if let (oldMean, oldLog) = normal(old), let (newMean, newLog) = normal(new) {
      // Σ log σ' - log σ + (σ² + (μ - μ')²) / 2σ'² - 1/2
      let precision = newLog.scaled(by: -2).exponential.repeated(toRows: rows)
      let variance = oldLog.scaled(by: 2).exponential.repeated(toRows: rows)
      let spread = (variance + (oldMean - newMean).squared) * precision
      let logRatio = (newLog - oldLog).sumOverColumns()
      let half = Variable(Scalar(newLog.shape.columns) / 2).repeated(toRows: logRatio.shape.rows)
      return spread.sumOverColumns().scaled(by: 0.5) + (logRatio - half).repeated(toRows: rows)
    }
    let oldLog = old.location.logSoftmax()
    return (oldLog.exponential * (oldLog - new.location.logSoftmax())).sumOverColumns()
  }

  /// The Fisher information in output space applied to a tangent: the Hessian of the mean divergence
  /// over steps at `outputs`.
  ///
  /// - Parameters:
  ///   - outputs: Where the Hessian is taken.
  ///   - tangent: One tensor for each of the outputs' variables.
  /// - Returns: One of the same shape for each.
  public func fisherProduct<Scalar>(
    _ outputs: DistributionOutputs<Scalar>, _ tangent: [Variable<Scalar>]
  ) -> [Variable<Scalar>] {
    let rows = outputs.location.shape.rows
    let weight = 1 / Scalar(rows)
    if let logDeviation = outputs.logStandardDeviation {
      let precision = logDeviation.detached.scaled(by: -2).exponential.scaled(by: weight)
      return [tangent[0] * precision.broadcast(toRows: rows), tangent[1].scaled(by: 2)]
    }
    if self == .squashedGaussian, let (_, logDeviation) = normal(outputs.detached) {
      let width = logDeviation.shape.columns
      let precision = logDeviation.scaled(by: -2).exponential.scaled(by: weight)
      let raw = outputs.location.value
      let isFree = Tensor(logDeviation.shape) { out in
        for row in 0..<rows {
          for column in 0..<width {
            let isWithin = Self.logDeviationRange.contains(Double(raw[row, width + column]))
            (out + row * width + column).initialize(to: isWithin ? 2 * weight : 0)
          }
        }
      }
      return [
        (tangent[0].columns(0..<width) * precision).beside(
          tangent[0].columns(width..<2 * width) * Variable(isFree))
      ]
    }
    // (diag(p) - p pᵀ) v
    let probabilities = outputs.location.detached.logSoftmax().exponential
    let weighted = probabilities * tangent[0]
    let mean = weighted.sumOverColumns().broadcast(toColumns: tangent[0].shape.columns)
    return [(weighted - probabilities * mean).scaled(by: weight)]
  }
}

extension ActionDistribution {
  /// The log standard deviations that are acted by, where these are the parameters: none is below the floor.
  package func floored(_ logs: [Float]) -> [Float] {
    guard case .gaussian(let minimum) = self else { return logs }
    return logs.map { Float(minimum) + max(0, $0 - Float(minimum)) }
  }

  /// What a network can put out as the logarithm of a standard deviation; beyond it no gradient flows.
  package static let logDeviationRange = -20.0...2.0

  /// The mean, `[step, component]`, and the log standard deviation, for all steps or for each, of what is normal; nil for
  /// choices.
  private func normal<Scalar>(
    _ outputs: DistributionOutputs<Scalar>
  ) -> (mean: Variable<Scalar>, logDeviation: Variable<Scalar>)? {
    switch self {
    case .gaussian: return outputs.logStandardDeviation.map { (outputs.location, $0) }
    case .categorical: return nil
    case .squashedGaussian:
      let width = outputs.location.shape.columns / 2
      let raw = outputs.location.columns(width..<2 * width)
      let lowest = Variable(
        Tensor(raw.shape, repeating: Scalar(Self.logDeviationRange.lowerBound)))
      let highest = Variable(
        Tensor(raw.shape, repeating: Scalar(Self.logDeviationRange.upperBound)))
      return (
        outputs.location.columns(0..<width),
        (lowest + (raw - lowest).rectified()).minimum(highest)
      )
    }
  }

  /// Draws squashed actions that can be differentiated with respect to what describes their distribution.
  ///
  /// - Parameters:
  ///   - outputs: What describes it.
  ///   - noise: Standard normal, `[step, component]`.
  /// - Returns: Actions between -1 and 1, `[step, component]`, and their log probability densities, `[step, 1]`.
  public func squashedActions<Scalar>(
    _ outputs: DistributionOutputs<Scalar>, noise: Tensor<Scalar>
  ) -> (actions: Variable<Scalar>, logProbabilities: Variable<Scalar>) {
    guard let (mean, logDeviation) = normal(outputs) else {
      preconditionFailure("choices can't be squashed")
    }
    let numbers =
      mean + logDeviation.repeated(toRows: mean.shape.rows).exponential * Variable(noise)
    // log N(u) - Σ log(1 - tanh² u), where the latter is 2 (log 2 - u - log(1 + e⁻²ᵘ)).
    let constant = Tensor<Scalar>(noise.shape, repeating: Scalar(0.5 * .log2Pi + 2 * .log2))
    let logs =
      Variable(noise).squared.scaled(by: -0.5) - logDeviation - Variable(constant)
      + (numbers + numbers.scaled(by: -2).softplus).scaled(by: 2)
    return (numbers.hyperbolicTangent(), logs.sumOverColumns())
  }
}

extension Variable {
  /// One row for all rows; more rows as they are.
  fileprivate func repeated(toRows rows: Int) -> Variable {
    shape.rows == rows ? self : broadcast(toRows: rows)
  }
}

extension Double {
  /// log 2.
  fileprivate static let log2 = 0.6931471805599453
  /// log(2π).
  static let log2Pi = 1.8378770664093453
}
