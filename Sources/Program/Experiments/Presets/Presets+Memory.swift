internal import Adaptation
internal import MetaLearning
internal import Policies

// Policies that learn within episodes, on the tasks of other presets with as many environment steps.
extension Preset {
  /// In the order in which they are listed.
  static var memories: [Preset] {
    [navigationByMemory, cornersByMemory, cheetahVelocityByMemory, cheetahDirectionByMemory]
  }

  private static var navigationByMemory: Preset {
    Preset(
      "nav2d-rl2", "the paper's 2D navigation by a policy that remembers, trials of 2 episodes"
    ) {
      remember(&$0, "nav2d-finn")
    }
  }

  private static var cornersByMemory: Preset {
    Preset("corners-rl2", "sparse 2D navigation by a policy that remembers, trials of 2 episodes") {
      remember(&$0, "nav2d-corners")
      // Noise that narrows slowly: with less of it early, what is learned is to go to one corner and stay there.
      $0.outer.logStandardDeviationFactor = 0.15
    }
  }

  private static var cheetahVelocityByMemory: Preset {
    Preset("cheetah-velocity-rl2", "a half-cheetah finds its velocity by what it remembers") {
      remember(&$0, "cheetah-velocity")
    }
  }

  private static var cheetahDirectionByMemory: Preset {
    Preset("cheetah-direction-rl2", "a half-cheetah finds its direction by what it remembers") {
      remember(&$0, "cheetah-direction")
    }
  }

  /// The tasks and the budget of another preset; fewer trials at a time, from which more is learned.
  private static func remember(_ configuration: inout Configuration, _ name: String) {
    guard let other = (navigations + robots).first(where: { $0.name == name })?.configuration else {
      preconditionFailure("no preset has the name '\(name)'")
    }
    let budget = other.outer.iterations * other.inner.episodes * (other.inner.steps + 1)
    configuration.environment = other.environment
    configuration.policy.initialLogStandardDeviation = other.policy.initialLogStandardDeviation
    configuration.metaLearning.remember()
    configuration.policy.hiddenSizes = [64]
    configuration.inner.episodes = 10
    configuration.outer.trials.episodes = 2
    configuration.outer.tasks = other.outer.tasks
    configuration.outer.iterations =
      budget / (configuration.inner.episodes * configuration.outer.trials.episodes)
    configuration.outer.decay = true
    configuration.outer.epochs = 8
    configuration.outer.trials.minibatches = 2
  }
}
