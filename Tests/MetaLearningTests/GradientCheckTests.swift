import Adaptation
import EnvironmentKit
import MetaLearning
import PointNavigation
import Policies
import Testing

@Suite struct GradientCheckTests {
  private func checks(
    isBroken: Bool = false, _ change: (inout MetaLearningSettings) -> Void
  ) throws -> [GradientCheck] {
    var settings = MetaLearningSettings()
    settings.policy.hiddenSizes = [6]
    settings.inner.episodes = 4
    settings.inner.steps = 2
    change(&settings)
    let environment = try EnvironmentDefinition(PointNavigation.self).make(
      parameters: ["horizon": .integer(10)])
    let policy = Policy(for: environment.specification, settings: settings.policy)
    return try gradientChecks(
      .episodes(environment, policy), settings: settings, seed: 6, isBroken: isBroken)
  }

  @Test(
    "Every configured derivative agrees with finite differences", arguments: Estimator.allCases,
    OuterMethodName.differentiating)
  func passes(estimator: Estimator, method: OuterMethodName) throws {
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

  @Test("So do those of a policy that does not adapt", arguments: OuterMethodName.differentiating)
  func pretraining(method: OuterMethodName) throws {
    let checks = try checks {
      $0.inner.steps = 0
      $0.outer.method = method
    }
    #expect(checks.map(\.name) == ["metaGradient", "curvatureProduct"])
    #expect(checks.allSatisfy { $0.passed }, "\(checks)")
  }

  @Test(
    "So do those where steps learn from episodes with a wider noise",
    arguments: OuterMethodName.differentiating)
  func exploring(method: OuterMethodName) throws {
    let checks = try checks {
      $0.inner.minimumLogStandardDeviation = 0.5
      $0.outer.method = method
      $0.outer.stepWeights = [0.4, 1]
    }
    #expect(checks.allSatisfy { $0.passed }, "\(checks)")
  }

  @Test("So do those of the steps of a task that adapts a part, or clips its gradient")
  func parts() throws {
    for adapts in [[], ["head"], ["layers.0", "logStandardDeviation"]] {
      let checks = try checks {
        $0.inner.adapts = adapts
        $0.inner.maximumGradientNorm = 0.05
        $0.inner.estimator = .likelihoodRatio
        $0.outer.method = .adam
        $0.outer.stepWeights = [1, 1]
      }
      #expect(checks.allSatisfy { $0.passed }, "\(checks)")
    }
  }

  @Test("Implicit differentiation has the curvature of the inner loss", arguments: [false, true])
  func implicit(isBroken: Bool) throws {
    let checks = try checks(isBroken: isBroken) {
      $0.outer.method = .implicitGradient
      $0.inner.estimator = .dice
    }
    #expect(checks.map(\.name) == ["innerGradient", "innerCurvature"])
    #expect(checks[0].passed && checks[1].passed != isBroken, "\(checks)")
  }

  @Test("Reptile takes no derivative but the inner one")
  func reptile() throws {
    let checks = try checks { $0.outer.method = .reptile }
    #expect(checks.map(\.name) == ["innerGradient"] && checks.allSatisfy { $0.passed })
  }

  @Test("A derivative broken on purpose fails, and by far", arguments: Estimator.allCases)
  func fails(estimator: Estimator) throws {
    let checks = try checks(isBroken: true) { $0.inner.estimator = estimator }
    // All estimators have the same first derivative.
    #expect(checks[0].passed)
    for check in checks.dropFirst() {
      #expect(!check.passed && check.relativeError > 1e-3, "\(check)")
    }
  }
}
