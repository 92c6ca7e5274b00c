internal import Adaptation
internal import MetaLearning
internal import Models
internal import Settings

// Tasks with a few examples each.
extension Preset {
  /// In the order in which they are listed.
  static var fewShot: [Preset] {
    [
      sinusoidMAML, sinusoidReptile, sinusoidIMAML, quadraticMAML, gaussianMeanMAML, linearMAML,
      polynomialMAML, logisticMAML, rotatingBoundary, omniglotOneShot, omniglotFiveShot,
    ]
  }

  private static var sinusoidMAML: Preset {
    Preset("sinusoid-maml", "sinusoids from ten points each, one learned inner step") {
      regress(&$0)
      $0.inner.stepSizeRule = .learned
      $0.outer.stepSizeLearningRate = 1e-2
    }
  }

  private static var sinusoidReptile: Preset {
    Preset("sinusoid-reptile", "sinusoids from ten points each, by Reptile") {
      regress(&$0)
      $0.inner.steps = 5
      $0.inner.stepSize = 0.02
      $0.outer.method = .reptile
      $0.outer.learningRate = 0.3
    }
  }

  /// A smooth network, since at a rectifier's kink no gradient vanishes and no inner optimum can be told.
  private static var sinusoidIMAML: Preset {
    Preset("sinusoid-imaml", "sinusoids from ten points each, by the implicit gradient of iMAML") {
      regress(&$0)
      $0.model.activation = .tanh
      $0.inner.proximalStrength = 0.1
      $0.outer.method = .implicitGradient
      $0.outer.iterations = 3000
    }
  }

  private static var linearMAML: Preset {
    Preset("linear-maml", "linear functions of ten numbers from ten points each") {
      fit("linear-regression", .linear, &$0)
    }
  }

  private static var quadraticMAML: Preset {
    Preset("quadratic-maml", "parabolas of one parameter, whose best start is known") {
      find("quadratic", &$0)
      $0.inner.episodes = 1
      $0.inner.stepSize = 0.15
    }
  }

  private static var gaussianMeanMAML: Preset {
    Preset("gaussian-mean-maml", "a mean from ten draws, whose best start and step are known") {
      find("gaussian-mean", &$0)
      $0.inner.episodes = 10
      $0.inner.stepSizeRule = .learned
    }
  }

  private static var polynomialMAML: Preset {
    Preset("polynomial-maml", "cubic polynomials from ten points each") {
      fit("polynomial-regression", .polynomial, &$0)
    }
  }

  private static var logisticMAML: Preset {
    Preset("logistic-maml", "two classes with linear log odds, from ten points of each") {
      fit("logistic-classification", .linear, &$0)
    }
  }

  private static var rotatingBoundary: Preset {
    Preset("rotating-boundary", "two classes divided by a line at any angle, one inner step") {
      learn("rotating-boundary", iterations: 4000, rate: 2e-3, &$0)
      $0.inner.episodes = 20
      $0.inner.stepSize = 1
      $0.inner.stepSizeRule = .learned
    }
  }

  private static var omniglotOneShot: Preset {
    Preset("omniglot-5way-1shot", "five characters from one drawing each; give --data DIR") {
      classifyDrawings(&$0, shots: 1)
    }
  }

  private static var omniglotFiveShot: Preset {
    Preset("omniglot-5way-5shot", "five characters from five drawings each; give --data DIR") {
      classifyDrawings(&$0, shots: 5)
    }
  }

  private static func regress(_ configuration: inout Configuration) {
    learn("sinusoid", iterations: 15_000, rate: 2e-3, &configuration)
    configuration.inner.episodes = 10
    configuration.inner.stepSize = 0.01
  }

  /// Five learned inner steps of a model that is linear in its parameters.
  private static func fit(
    _ source: String, _ model: ModelKind, _ configuration: inout Configuration
  ) {
    learn(source, iterations: 3000, rate: 1e-2, &configuration)
    configuration.model.kind = model
    configuration.inner.episodes = 10
    configuration.inner.steps = 5
    configuration.inner.stepSizeRule = .learned
  }

  /// What is found in the end, from many tasks at a time, so that chance moves the last digits alone.
  private static func find(_ source: String, _ configuration: inout Configuration) {
    learn(source, iterations: 2000, rate: 1e-2, &configuration)
    configuration.model.kind = .linear
    configuration.outer.tasks = 100
  }

  /// The network and inner loop of Finn et al. 2017, section 5.2, with strided convolutions: trained for one
  /// step, it takes three. With mirror images there are twice as many classes to learn from.
  private static func classifyDrawings(_ configuration: inout Configuration, shots: Int) {
    // As many pictures in all.
    learn(
      "image-classification", iterations: shots == 1 ? 6000 : 3000, rate: 1e-3, &configuration)
    configuration.environment.parameters = [
      "queryExamples": .integer(5), "reflections": .boolean(true), "validationShare": .number(0.05),
    ]
    configuration.model.kind = .convolutional
    configuration.model.normalization = .transductive
    configuration.inner.episodes = shots
    configuration.inner.stepSize = 0.4
    configuration.outer.tasks = 16
  }

  /// MAML by Adam, whose rate falls to zero.
  private static func learn(
    _ source: String, iterations: Int, rate: Double, _ configuration: inout Configuration
  ) {
    configuration.environment.name = source
    configuration.outer.method = .adam
    configuration.outer.tasks = 25
    configuration.outer.iterations = iterations
    configuration.outer.learningRate = rate
    configuration.outer.decay = true
    configuration.run.checkpointEvery = 500
  }
}
