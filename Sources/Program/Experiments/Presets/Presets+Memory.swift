internal import Adaptation
internal import MetaLearning
internal import Policies
internal import Settings

// Policies that learn by what they remember or infer, on the tasks of other presets: with as many environment steps, or with
// few where they learn off-policy.
extension Preset {
  /// In the order in which they are listed.
  static var memories: [Preset] {
    [
      navigationByMemory, cornersByMemory, cheetahVelocityByMemory, cheetahDirectionByMemory,
      navigationByInference, cornersByInference, navigationByReplay, cheetahVelocityByReplay,
      cheetahDirectionByReplay,
    ]
  }

  private static var navigationByMemory: Preset {
    Preset(
      "nav2d-rl2", "the paper's 2D navigation by a policy that remembers, trials of 2 episodes"
    ) {
      learn(&$0, on: "nav2d-finn", remember)
    }
  }

  private static var cornersByMemory: Preset {
    Preset("corners-rl2", "sparse 2D navigation by a policy that remembers, trials of 2 episodes") {
      learn(&$0, on: "nav2d-corners", remember)
      // Noise that narrows slowly: with less of it early, what is learned is to go to one corner and stay there.
      $0.outer.logStandardDeviationFactor = 0.15
    }
  }

  private static var cheetahVelocityByMemory: Preset {
    Preset("cheetah-velocity-rl2", "a half-cheetah finds its velocity by what it remembers") {
      learn(&$0, on: "cheetah-velocity", remember)
    }
  }

  private static var cheetahDirectionByMemory: Preset {
    Preset("cheetah-direction-rl2", "a half-cheetah finds its direction by what it remembers") {
      learn(&$0, on: "cheetah-direction", remember)
    }
  }

  private static var navigationByInference: Preset {
    Preset(
      "nav2d-varibad",
      "the paper's 2D navigation by a policy that infers its goal, trials of 2 episodes"
    ) {
      learn(&$0, on: "nav2d-finn", infer)
    }
  }

  private static var cornersByInference: Preset {
    Preset(
      "corners-varibad",
      "sparse 2D navigation by a policy that infers what pays, trials of 2 episodes"
    ) {
      learn(&$0, on: "nav2d-corners", infer)
      $0.outer.logStandardDeviationFactor = 0.15
    }
  }

  private static var navigationByReplay: Preset {
    Preset(
      "nav2d-pearl", "the paper's 2D navigation by inferred variables, learned off-policy"
    ) {
      replay(&$0, on: "nav2d-finn", units: 64)
      $0.outer.tasks = 10
      $0.outer.iterations = 100
      $0.outer.replay.updates = 300
    }
  }

  private static var cheetahVelocityByReplay: Preset {
    Preset(
      "cheetah-velocity-pearl",
      "a half-cheetah finds its velocity by inferred variables, learned off-policy"
    ) {
      replay(&$0, on: "cheetah-velocity", units: 128)
      // With 5, the paper's, it learned less than half as fast and stayed more random.
      $0.outer.replay.rewardScale = 20
    }
  }

  private static var cheetahDirectionByReplay: Preset {
    Preset(
      "cheetah-direction-pearl",
      "a half-cheetah finds its direction by inferred variables, learned off-policy"
    ) {
      replay(&$0, on: "cheetah-direction", units: 128)
      $0.outer.iterations = 250
      // There are two.
      $0.environment.trainingTasks = nil
      $0.outer.tasks = 4
      $0.outer.replay.batchTasks = 4
    }
  }

  /// The tasks of another preset, with networks that two cores train in minutes.
  private static func replay(
    _ configuration: inout Configuration, on name: String, units: Int
  ) {
    let other = preset(named: name)
    configuration.environment = other.environment
    configuration.environment.trainingTasks = 100
    configuration.metaLearning.inferFromReplay()
    configuration.policy.hiddenSizes = [units, units]
    configuration.policy.parameters["encoderSizes"] = .array([.integer(units), .integer(units)])
    configuration.outer.iterations = 80
    configuration.outer.learningRate = 1e-3
    configuration.outer.decay = true
    configuration.outer.replay.capacity = 20_000
    configuration.outer.replay.updates = 500
    configuration.outer.replay.batchTasks = 8
    configuration.outer.replay.batchSteps = 128
  }

  private static func preset(named name: String) -> Configuration {
    guard let preset = (navigations + robots).first(where: { $0.name == name }) else {
      preconditionFailure("no preset has the name '\(name)'")
    }
    return preset.configuration
  }

  private static func remember(_ settings: inout MetaLearningSettings) {
    settings.remember()
    settings.policy.hiddenSizes = [64]
  }

  /// From rewards alone: transitions are the same on all of these tasks.
  private static func infer(_ settings: inout MetaLearningSettings) {
    settings.infer()
    settings.outer.beliefs.transitionWeight = 0
  }

  /// The tasks and the budget of another preset; fewer trials at a time, from which more is learned.
  private static func learn(
    _ configuration: inout Configuration, on name: String,
    _ method: (inout MetaLearningSettings) -> Void
  ) {
    let other = preset(named: name)
    let budget = other.outer.iterations * other.inner.episodes * (other.inner.steps + 1)
    configuration.environment = other.environment
    configuration.policy.initialLogStandardDeviation = other.policy.initialLogStandardDeviation
    method(&configuration.metaLearning)
    configuration.inner.episodes = 10
    configuration.outer.trials.episodes = 2
    configuration.outer.tasks = other.outer.tasks
    configuration.outer.iterations =
      budget / (configuration.inner.episodes * configuration.outer.trials.episodes)
    configuration.outer.decay = true
    // Many small steps: with 2 parts in 8 passes, two fifths as many, navigation was learned late or
    // not at all.
    configuration.outer.epochs = 4
    configuration.outer.trials.minibatches = 10
  }
}
