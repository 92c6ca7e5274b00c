internal import MetaLearning
internal import Policies
internal import Rollouts
internal import RunRecords

/// A configuration that comes with the program.
public struct Preset: Sendable {
  /// The name on the command line.
  public let name: String
  /// One line on what it is for.
  public let summary: String
  /// The configuration.
  public let configuration: Configuration

  /// The command that makes its published curve.
  public var command: String { "fledge train \(name) && fledge evaluate runs/\(name)-1" }

  init(_ name: String, _ summary: String, _ configure: (inout Configuration) -> Void) {
    self.name = name
    self.summary = summary
    var configuration = Configuration()
    configuration.run.name = name
    configure(&configuration)
    self.configuration = configuration
  }
}

extension Preset {
  /// All presets, in the order in which they are listed.
  public static var all: [Preset] {
    [
      navigation, plainNavigation, corners, maze, car, cheetahVelocity, cheetahDirection,
      yardstickTrustRegion, yardstickPolicyGradient,
    ]
  }

  /// Looks a preset up.
  ///
  /// - Throws: `RecordError` of kind `usage` with the nearest name.
  public static func named(_ name: String) throws -> Preset {
    if let preset = all.first(where: { $0.name == name }) { return preset }
    let names = all.map(\.name)
    let advice =
      nearestName(to: name, among: names).map { "did you mean \($0)?" }
      ?? "known are \(names.joined(separator: ", ")); a YAML file's path works too"
    throw RecordError(.usage, "unknown preset '\(name.prefix(80))'; \(advice)")
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

  private static var cheetahVelocity: Preset {
    Preset("cheetah-velocity", "a half-cheetah runs at a velocity it is not told, one inner step") {
      runCheetah(&$0, task: "velocity")
    }
  }

  private static var cheetahDirection: Preset {
    Preset("cheetah-direction", "a half-cheetah runs forward or backward, one inner step") {
      runCheetah(&$0, task: "direction")
    }
  }

  private static var plainNavigation: Preset {
    Preset("nav2d-finn-vpg", "the paper's plain recipe: one fixed inner step, vanilla outer step") {
      $0.policy.activation = .relu
      $0.inner.stepSize = 0.5
      $0.baseline.bootstrap = false
      $0.outer.method = .vpg
      $0.outer.iterations = 200
      $0.outer.learningRate = 1e-3
    }
  }

  private static var yardstickTrustRegion: Preset {
    Preset("yardstick-trpo", "the shapes of Tests/Benchmarks/jax_maml.py, OUTER=trpo") {
      measureSpeed(&$0)
      $0.outer.method = .trpo
    }
  }

  private static var yardstickPolicyGradient: Preset {
    Preset("yardstick-vpg", "the shapes of Tests/Benchmarks/jax_maml.py, OUTER=vpg") {
      measureSpeed(&$0)
      $0.outer.method = .vpg
      $0.outer.learningRate = 1e-3
    }
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
    configuration.baseline.bootstrap = false
    configuration.outer.method = .vpg
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

  /// Episodes of 100 steps, one fixed inner step of 0.1, trust region.
  private static func runCheetah(_ configuration: inout Configuration, task: String) {
    configuration.environment.name = "half-cheetah"
    configuration.environment.parameters = ["task": .text(task), "horizon": .integer(100)]
    configuration.policy.hiddenSizes = [64, 64]
    configuration.policy.initialLogStandardDeviation = -0.5
    configuration.inner.estimator = .likelihoodRatio
    configuration.baseline.gaeLambda = 0.95
    configuration.outer.method = .trpo
    configuration.outer.gaeLambda = 0.95
    configuration.outer.iterations = 160
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
    configuration.baseline.bootstrap = false
    configuration.outer.tasks = 20
    configuration.outer.iterations = 100
    configuration.outer.maxKL = 0.01
    configuration.outer.conjugateGradientIterations = 10
    configuration.outer.damping = 1e-5
    configuration.outer.lineSearchSteps = 15
    configuration.outer.lineSearchShrink = 0.8
  }
}
