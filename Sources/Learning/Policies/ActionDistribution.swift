public import Differentiation

/// The family of distributions over actions, and what is computed from its outputs.
public enum ActionDistribution: Sendable, Equatable {
  /// Independent normal actions with a standard deviation that does not depend on the state and whose
  /// logarithm has a floor.
  case gaussian(minimumLogStandardDeviation: Double)
  /// One of finitely many actions; the network's outputs are unnormalized log-probabilities.
  case categorical
}

/// What describes action distributions for a batch of observations.
public struct DistributionOutputs<Scalar: TensorScalar> {
  /// The Gaussian's mean or the categorical's logits, `[step, output]`.
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
  /// `[step, component]`, as the Gaussian drew them, before the environment's clipping.
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
      guard let logDeviation = outputs.logStandardDeviation else {
        preconditionFailure("continuous actions need a Gaussian policy")
      }
      let rows = values.shape.rows
      let inverse = logDeviation.scaled(by: -1).exponential
      let standardized =
        (Variable(values) - outputs.location) * inverse.broadcast(toRows: rows)
      let constant = Scalar(values.shape.columns) * Scalar(0.5 * Double.log2Pi)
      let offset =
        logDeviation.sumOverColumns().scaled(by: -1) - Variable(constant)
      return standardized.squared.sumOverColumns().scaled(by: -0.5)
        + offset.broadcast(toRows: rows)
    case .discrete(let indices):
      return outputs.location.logSoftmax().elements(inColumns: indices)
    }
  }

  /// The entropy of each step's distribution in nats, `[step, 1]`.
  public func entropy<Scalar>(_ outputs: DistributionOutputs<Scalar>) -> Variable<Scalar> {
    let rows = outputs.location.shape.rows
    if let logDeviation = outputs.logStandardDeviation {
      // Σ log σ + (1 + log 2π) / 2
      let constant = Scalar(logDeviation.shape.columns) * Scalar(0.5 * (1 + Double.log2Pi))
      return (logDeviation.sumOverColumns() + Variable(constant)).broadcast(toRows: rows)
    }
    let logs = outputs.location.logSoftmax()
    return (logs.exponential * logs).sumOverColumns().scaled(by: -1)
  }

  /// The Kullback-Leibler divergence from `old` to `new` for each step, `[step, 1]`.
  public func divergence<Scalar>(
    from old: DistributionOutputs<Scalar>, to new: DistributionOutputs<Scalar>
  ) -> Variable<Scalar> {
    let rows = new.location.shape.rows
    if let oldLog = old.logStandardDeviation, let newLog = new.logStandardDeviation {
      // Σ log σ' - log σ + (σ² + (μ - μ')²) / 2σ'² - 1/2
      let precision = newLog.scaled(by: -2).exponential.broadcast(toRows: rows)
      let variance = oldLog.scaled(by: 2).exponential.broadcast(toRows: rows)
      let spread = (variance + (old.location - new.location).squared) * precision
      let logRatio = (newLog - oldLog).sumOverColumns()
      let half = Variable(Scalar(newLog.shape.columns) / 2)
      return spread.sumOverColumns().scaled(by: 0.5) + (logRatio - half).broadcast(toRows: rows)
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
    // (diag(p) - p pᵀ) v
    let probabilities = outputs.location.detached.logSoftmax().exponential
    let weighted = probabilities * tangent[0]
    let mean = weighted.sumOverColumns().broadcast(toColumns: tangent[0].shape.columns)
    return [(weighted - probabilities * mean).scaled(by: weight)]
  }
}

extension Double {
  /// log(2π).
  static let log2Pi = 1.8378770664093453
}
