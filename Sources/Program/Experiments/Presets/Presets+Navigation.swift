internal import Adaptation
internal import MetaLearning
internal import Models
internal import Policies
internal import Rollouts
internal import Settings

// Points, a disc and a car that find their way.
extension Preset {
  /// In the order in which they are listed.
  static var navigations: [Preset] {
    [navigation, paperNavigation, plainNavigation, corners, maze, car]
  }

  private static var navigation: Preset {
    Preset("nav2d-finn", "the paper's 2D navigation, learned step sizes, three inner steps") {
      learnSteps(&$0)
    }
  }

  private static var corners: Preset {
    Preset("nav2d-corners", "sparse 2D navigation to one of four corners, learned step sizes") {
      $0.environment.name = "point-navigation-corners"
      learnSteps(&$0)
      // Wide noise that training leaves alone: which corner is rewarded shows only out there.
      $0.policy.initialLogStandardDeviation = 0.5
      $0.inner.stepSize = 0.1
      $0.outer.stepWeights = [1, 1, 1]
      $0.outer.learningRate = 2e-3
      $0.outer.logStandardDeviationFactor = 0
    }
  }

  private static var maze: Preset {
    Preset("maze", "a disc with momentum among walls, goals differ, learned step sizes") {
      $0.environment.name = "maze-navigation"
      learnSteps(&$0)
      learnSlowly(&$0)
    }
  }

  private static var car: Preset {
    Preset("car", "a car with tyre friction, goals differ, learned step sizes") {
      $0.environment.name = "car-navigation"
      learnSteps(&$0)
      learnSlowly(&$0)
      $0.inner.stepSize = 0.1
    }
  }

  private static var paperNavigation: Preset {
    Preset("nav2d-finn-trpo", "plain MAML as in the paper: one fixed inner step, a trust region") {
      followPaper(&$0)
    }
  }

  private static var plainNavigation: Preset {
    Preset("nav2d-finn-vpg", "plain MAML with one fixed inner step and a vanilla outer step") {
      followPaper(&$0)
      $0.outer.method = .adam
      $0.outer.iterations = 200
      $0.outer.learningRate = 1e-3
    }
  }

  /// What the paper's own code has, and its trust region unless another method is chosen.
  private static func followPaper(_ configuration: inout Configuration) {
    configuration.policy.activation = .relu
    configuration.inner.stepSize = 0.5
  }

  /// Meta-SGD over three steps with a loss after each.
  private static func learnSteps(_ configuration: inout Configuration) {
    configuration.policy.hiddenSizes = [64, 64]
    configuration.policy.initialLogStandardDeviation = -0.5
    configuration.inner.steps = 3
    configuration.inner.stepSize = 0.3
    configuration.inner.logStandardDeviationFactor = 10
    configuration.inner.stepSizeRule = .learned
    configuration.inner.estimator = .likelihoodRatio
    configuration.baseline.gaeLambda = 0.9
    configuration.outer.method = .adam
    configuration.outer.tasks = 40
    configuration.outer.iterations = 100
    configuration.outer.stepWeights = [4, 1, 1]
    configuration.outer.learningRate = 6e-3
    configuration.outer.logStandardDeviationFactor = 3
    configuration.outer.stepSizeLearningRate = 0.06
    configuration.outer.decay = true
  }

  /// Smaller outer steps, for bodies with momentum: at the rates of the point, what adaptation
  /// gains in 20 iterations is lost again in the next 20.
  private static func learnSlowly(_ configuration: inout Configuration) {
    configuration.outer.tasks = 20
    configuration.outer.iterations = 80
    configuration.outer.learningRate = 1.5e-3
    configuration.outer.stepSizeLearningRate = 0.02
  }
}
