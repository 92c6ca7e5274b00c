import EnvironmentKit
import MetaLearning
import PointNavigation
import Testing

@Suite struct GradientCheckTests {
  private func checks(
    brokenBy derivative: Estimator? = nil, _ change: (inout MetaLearningSettings) -> Void
  ) throws -> [GradientCheck] {
    var settings = MetaLearningSettings()
    settings.policy.hiddenSizes = [6]
    settings.inner.episodes = 4
    settings.inner.steps = 2
    change(&settings)
    let environment = try EnvironmentDefinition(PointNavigation.self).make(
      parameters: ["horizon": .integer(10)])
    return try gradientChecks(
      environment: environment, settings: settings, seed: 6, derivative: derivative)
  }

  @Test(
    "Every configured derivative agrees with finite differences", arguments: Estimator.allCases,
    OuterMethod.differentiating)
  func passes(estimator: Estimator, method: OuterMethod) throws {
    for firstOrder in [false, true] {
      let checks = try checks {
        $0.inner.estimator = estimator
        $0.inner.firstOrder = firstOrder
        $0.outer.method = method
        $0.outer.stepWeights = [0.4, 1]
      }
      #expect(checks.map(\.name) == ["innerGradient", "metaGradient", "curvatureProduct"])
      #expect(checks.allSatisfy { $0.passed }, "\(checks)")
    }
  }

  @Test("So do those of a policy that does not adapt", arguments: OuterMethod.differentiating)
  func pretraining(method: OuterMethod) throws {
    let checks = try checks {
      $0.inner.steps = 0
      $0.outer.method = method
    }
    #expect(checks.map(\.name) == ["metaGradient", "curvatureProduct"])
    #expect(checks.allSatisfy { $0.passed }, "\(checks)")
  }

  @Test(
    "So do those where steps learn from episodes with a wider noise",
    arguments: OuterMethod.differentiating)
  func exploring(method: OuterMethod) throws {
    let checks = try checks {
      $0.inner.minimumLogStandardDeviation = 0.5
      $0.outer.method = method
      $0.outer.stepWeights = [0.4, 1]
    }
    #expect(checks.allSatisfy { $0.passed }, "\(checks)")
  }

  @Test("Reptile takes no derivative but the inner one")
  func reptile() throws {
    let checks = try checks { $0.outer.method = .reptile }
    #expect(checks.map(\.name) == ["innerGradient"] && checks.allSatisfy { $0.passed })
  }

  @Test("A derivative broken on purpose fails, and by far", arguments: Estimator.allCases)
  func fails(estimator: Estimator) throws {
    let wrong: Estimator = estimator == .logLikelihood ? .likelihoodRatio : .logLikelihood
    let checks = try checks(brokenBy: wrong) { $0.inner.estimator = estimator }
    // Both estimators have the same first derivative.
    #expect(checks[0].passed)
    for check in checks.dropFirst() {
      #expect(!check.passed && check.relativeError > 1e-3, "\(check)")
    }
  }
}
