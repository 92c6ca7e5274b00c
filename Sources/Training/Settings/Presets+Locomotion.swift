internal import MetaLearning
internal import Policies
internal import Rollouts
internal import RunRecords

// Robots that walk and run.
extension Preset {
  static var cheetahVelocity: Preset {
    Preset("cheetah-velocity", "a half-cheetah runs at a velocity it is not told, one inner step") {
      run(&$0, "half-cheetah", task: "velocity")
    }
  }

  static var cheetahDirection: Preset {
    Preset("cheetah-direction", "a half-cheetah runs forward or backward, one inner step") {
      run(&$0, "half-cheetah", task: "direction")
    }
  }

  static var cheetahDynamics: Preset {
    Preset("cheetah-dynamics", "a half-cheetah runs forward with a body it does not know") {
      run(&$0, "half-cheetah", task: "dynamics")
    }
  }

  static var quadrupedDirection: Preset {
    Preset("quadruped-direction", "a quadruped runs forward or backward, one inner step") {
      run(&$0, "quadruped", task: "direction")
    }
  }

  static var hopperVelocity: Preset {
    Preset("hopper-velocity", "a hopper hops at a velocity it is not told, one inner step") {
      run(&$0, "hopper", task: "velocity", horizon: 200)
    }
  }

  static var walkerVelocity: Preset {
    Preset("walker-velocity", "a walker walks at a velocity it is not told, one inner step") {
      run(&$0, "walker", task: "velocity", horizon: 300)
    }
  }

  /// One inner step with learned step sizes, and a trust region wider than usual: at 0.01 nats
  /// learning takes three times as many iterations.
  private static func run(
    _ configuration: inout Configuration, _ environment: String, task: String, horizon: Int = 100
  ) {
    configuration.environment.name = environment
    configuration.environment.parameters = ["task": .text(task), "horizon": .integer(horizon)]
    configuration.policy.hiddenSizes = [64, 64]
    configuration.policy.initialLogStandardDeviation = -0.5
    configuration.inner.estimator = .likelihoodRatio
    configuration.baseline.gaeLambda = 0.95
    configuration.outer.method = .trpo
    configuration.outer.maxKL = 0.1
    configuration.outer.gaeLambda = 0.95
    configuration.outer.iterations = 160
  }
}
