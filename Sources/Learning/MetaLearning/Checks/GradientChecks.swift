internal import Adaptation
package import Differentiation
internal import Randomness

/// Compares the configured meta-gradient and curvature products with finite differences in double
/// precision, on episodes of the configured environment or examples of the configured source.
///
/// - Parameters:
///   - problem: The tasks, and what adapts to them.
///   - settings: The configuration to check.
///   - seed: Names the random streams.
///   - isBroken: Takes the meta-gradient of another loss than the configured one: a derivative broken on
///     purpose, to see the check fail.
/// - Returns: A check for each kind of derivative.
/// - Throws: What collecting throws.
public func gradientChecks(
  _ problem: Problem, settings: MetaLearningSettings, seed: UInt64, isBroken: Bool = false
) throws -> [GradientCheck] {
  if let checks = settings.method.checks {
    return try checks(problem, settings, seed, isBroken)
  }
  switch problem {
  case .episodes(let environment, let policy):
    let other = Estimator.allCases.first { $0 != settings.inner.estimator }
    return try EpisodeGradientChecks(
      environment, policy, settings: settings, seed: seed, derivative: isBroken ? other : nil
    ).checks()
  case .examples(let source, let model):
    return try ExampleGradientChecks(
      source, model, settings: settings, seed: seed, isBroken: isBroken
    ).checks()
  }
}

/// Finite differences about one point, along a few directions.
package struct Differences {
  /// `[1, parameter]`
  package let point: Tensor<Double>
  /// Of norm 1.
  package let directions: [Tensor<Double>]

  /// Differences near some parameters: off them, since zero biases put rectifiers exactly on their kinks.
  package init(about parameters: Tensor<Float>, seed: UInt64) {
    let shape = parameters.shape
    func normal(_ index: Int) -> Tensor<Double> {
      var random = RandomStream(seed: seed, episode: index, purpose: .verification)
      return Tensor(shape, (0..<shape.count).map { _ in random.normal() as Double })
    }
    point = parameters.converted(to: Double.self).adding(normal(3), scaledBy: 0.01)
    directions = (0..<3).map { index in
      let direction = normal(index)
      return direction.scaled(by: 1 / direction.norm)
    }
  }

  /// The errors of a gradient along each direction.
  package func errors(
    of gradient: Tensor<Double>, _ function: @escaping (Tensor<Double>) -> Double
  ) -> [Double] {
    directions.map { direction in
      let slopes = slopes(along: direction, function)
      return relativeError(gradient.dot(direction), slopes, scale: gradient.norm)
    }
  }

  /// The errors of products with the derivative of a vector, along one direction and seen from each.
  package func errors(
    ofProduct product: (Tensor<Double>) -> Tensor<Double>,
    _ function: @escaping (Tensor<Double>) -> Tensor<Double>
  ) -> [Double] {
    let found = product(directions[0])
    return directions.map { probe in
      let slopes = slopes(along: directions[0]) { function($0).dot(probe) }
      return relativeError(found.dot(probe), slopes, scale: found.norm)
    }
  }

  /// The derivative along a direction by several widths of difference: two central differences
  /// combined, with an error of fourth order.
  private func slopes(
    along direction: Tensor<Double>, _ function: @escaping (Tensor<Double>) -> Double
  ) -> [Double] {
    let at = { (size: Double) in function(point.adding(direction, scaledBy: size)) }
    return [1e-4, 1e-5, 1e-6, 1e-7].map { step in
      let narrow = (at(step) - at(-step)) / (2 * step)
      let wide = (at(2 * step) - at(-2 * step)) / (4 * step)
      return (4 * narrow - wide) / 3
    }
  }

  /// Relative to the derivative, or to its usual size where along one direction it vanishes by chance.
  /// The best width counts: a wide difference may straddle a rectifier's kink, a narrow one rounds.
  private func relativeError(_ found: Double, _ expected: [Double], scale: Double) -> Double {
    let usual = scale / Double(point.count).squareRoot()
    let errors = expected.map { abs(found - $0) / max(abs($0), usual, 1e-12) }
    return errors.contains { $0.isNaN } ? .nan : errors.min() ?? .nan
  }
}
