internal import Adaptation
internal import MetaLearning
internal import Policies

// Policies that learn within episodes, on the tasks of other presets with as many environment steps.
extension Preset {
  /// In the order in which they are listed.
  static var memories: [Preset] {
    [
      navigationByMemory, cornersByMemory, cheetahVelocityByMemory, cheetahDirectionByMemory,
      navigationByInference, cornersByInference,
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
    guard let other = (navigations + robots).first(where: { $0.name == name })?.configuration else {
      preconditionFailure("no preset has the name '\(name)'")
    }
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
