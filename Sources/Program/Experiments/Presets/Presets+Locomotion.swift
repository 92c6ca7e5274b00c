internal import Adaptation
internal import MetaLearning
internal import Policies
internal import Rollouts
internal import Settings

// Robots that walk and run.
extension Preset {
  /// In the order in which they are listed.
  static var robots: [Preset] {
    [
      cheetahVelocity, cheetahDirection, cheetahDynamics, quadrupedDirection, hopperVelocity,
      walkerVelocity,
    ]
  }

  private static var cheetahVelocity: Preset {
    Preset("cheetah-velocity", "a half-cheetah runs at a velocity it is not told, one inner step") {
      run(&$0, "half-cheetah", task: "velocity", iterations: 300)
      exploreWidely(&$0)
    }
  }

  private static var cheetahDirection: Preset {
    Preset("cheetah-direction", "a half-cheetah runs forward or backward, one inner step") {
      run(&$0, "half-cheetah", task: "direction", iterations: 300)
      exploreWidely(&$0)
    }
  }

  private static var cheetahDynamics: Preset {
    Preset("cheetah-dynamics", "a half-cheetah runs forward with a body it does not know") {
      run(&$0, "half-cheetah", task: "dynamics", iterations: 120)
      $0.environment.parameters["dynamicsBase"] = .number(2)
      $0.outer.tasks = 10
      $0.inner.episodes = 40
    }
  }

  private static var quadrupedDirection: Preset {
    Preset("quadruped-direction", "a quadruped runs forward or backward, one inner step") {
      run(&$0, "quadruped", task: "direction", iterations: 120)
    }
  }

  private static var hopperVelocity: Preset {
    Preset("hopper-velocity", "a hopper hops at a velocity it is not told, one inner step") {
      run(&$0, "hopper", task: "velocity", horizon: 200, iterations: 300)
      standFirst(&$0)
      // Where standing still is among the tasks, an initialization that stands and leans forward when
      // asked for more earns as much as one that hops.
      $0.environment.parameters["minimumVelocity"] = .number(0.5)
      $0.environment.parameters["maximumVelocity"] = .number(1.5)
      $0.policy.minimumLogStandardDeviation = -1.2
    }
  }

  private static var walkerVelocity: Preset {
    Preset("walker-velocity", "a walker walks at a velocity it is not told, one inner step") {
      run(&$0, "walker", task: "velocity", horizon: 200, iterations: 150)
      standFirst(&$0)
      $0.environment.parameters["minimumVelocity"] = .number(1)
      $0.policy.minimumLogStandardDeviation = -1.2
      $0.outer.tasks = 10
    }
  }

  /// One inner step with learned sizes, and a trust region that begins wide: at the usual 0.01 nats
  /// learning takes several times as many iterations.
  private static func run(
    _ configuration: inout Configuration, _ environment: String, task: String, horizon: Int = 100,
    iterations: Int
  ) {
    configuration.environment.name = environment
    configuration.environment.parameters = ["task": .string(task), "horizon": .integer(horizon)]
    configuration.policy.hiddenSizes = [64, 64]
    configuration.policy.initialLogStandardDeviation = -0.5
    configuration.inner.stepSizeRule = .learned
    configuration.inner.estimator = .likelihoodRatio
    configuration.baseline.gaeLambda = 0.95
    configuration.outer.method = .trustRegion
    configuration.outer.trustRegion.maxKL = 0.3
    configuration.outer.stepSizeLearningRate = 0.06
    configuration.outer.decay = true
    configuration.outer.gaeLambda = 0.95
    configuration.outer.iterations = iterations
  }

  /// Small inner steps to begin with, and little noise: who can fall learns to stand first. With larger
  /// ones the initialization falls at once, since only what it adapts to counts.
  private static func standFirst(_ configuration: inout Configuration) {
    configuration.policy.initialLogStandardDeviation = -1
    configuration.inner.stepSize = 0.01
    configuration.outer.trustRegion.maxKL = 0.1
  }

  /// Episodes that steps learn from keep the noise that training begins with, so that a gradient goes on
  /// telling tasks apart; a slower outer loop makes more of it.
  private static func exploreWidely(_ configuration: inout Configuration) {
    configuration.inner.minimumLogStandardDeviation =
      configuration.policy.initialLogStandardDeviation
    configuration.outer.trustRegion.maxKL = 0.1
    configuration.outer.stepSizeLearningRate = 0.03
  }
}
