internal import Adaptation
internal import MetaLearning
internal import Models
internal import Policies
internal import Rollouts
internal import Settings

// Shapes on which speed is compared with other systems.
extension Preset {
  /// In the order in which they are listed.
  static var yardsticks: [Preset] {
    [yardstickTrustRegion, yardstickPolicyGradient, yardstickMemory, yardstickReplay]
  }

  private static var yardstickTrustRegion: Preset {
    Preset("yardstick-trpo", "the shapes of Tests/Benchmarks/jax_maml.py, OUTER=trpo") {
      measureSpeed(&$0)
      $0.outer.method = .trustRegion
    }
  }

  private static var yardstickPolicyGradient: Preset {
    Preset("yardstick-vpg", "the shapes of Tests/Benchmarks/jax_maml.py, OUTER=vpg") {
      measureSpeed(&$0)
      $0.outer.method = .adam
      $0.outer.learningRate = 1e-3
    }
  }

  /// 80 trials of 400 steps, a recurrent network of 128 units, four passes over four minibatches.
  private static var yardstickMemory: Preset {
    Preset("yardstick-rl2", "the shapes of Tests/Benchmarks/jax_rl2.py") {
      $0.environment.name = "half-cheetah"
      $0.environment.parameters = ["task": "direction", "horizon": 200]
      $0.outer.tasks = 4
      $0.inner.episodes = 20
      $0.metaLearning.remember()
      $0.outer.trials.episodes = 2
      $0.outer.trials.minibatches = 4
    }
  }

  /// Twenty updates from 256 steps of each of 16 tasks, three layers of 300 units.
  private static var yardstickReplay: Preset {
    Preset("yardstick-pearl", "the shapes of Tests/Benchmarks/torch_pearl.py") {
      $0.environment.name = "half-cheetah"
      $0.environment.parameters = ["task": "velocity", "horizon": 200]
      $0.environment.trainingTasks = 100
      $0.metaLearning.inferFromReplay()
      $0.outer.replay.updates = 20
    }
  }

  /// 20 tasks of 20 episodes of 100 steps, 2 x 100 tanh, one fixed step of 0.5.
  private static func measureSpeed(_ configuration: inout Configuration) {
    configuration.policy.hiddenSizes = [100, 100]
    configuration.policy.activation = .tanh
    configuration.inner.steps = 1
    configuration.inner.stepSize = 0.5
    configuration.inner.episodes = 20
    configuration.inner.estimator = .logLikelihood
    configuration.baseline.discount = 0.99
    configuration.baseline.gaeLambda = 1
    configuration.outer.tasks = 20
    configuration.outer.iterations = 100
    configuration.outer.trustRegion.maxKL = 0.01
    configuration.outer.conjugateGradientIterations = 10
    configuration.outer.trustRegion.damping = 1e-5
    configuration.outer.trustRegion.lineSearchSteps = 15
    configuration.outer.trustRegion.lineSearchShrink = 0.8
  }
}
