public import MetaLearning
public import Models
public import Policies
public import Rollouts
public import RunRecords

// The tables of the engine's settings stand here, because the engine knows no files.

private let positive = Double.leastNonzeroMagnitude

extension PolicySettings: Settings {
  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .integers(
        "hiddenSizes", \.hiddenSizes, in: 1...4096, counts: 0...8, "units of each hidden layer"),
      .choice("activation", \.activation, "what follows each hidden layer"),
      .number(
        "initialLogStandardDeviation", \.initialLogStandardDeviation, in: -20...5,
        "log standard deviation of actions at the start, in units of the action"),
      .number(
        "minimumLogStandardDeviation", \.minimumLogStandardDeviation, in: -20...5,
        "floor under the log standard deviation"),
      .integer(
        "contextSize", \.contextSize, in: 0...1024,
        "width of a context vector beside the observations"),
      .number("outputGain", \.outputGain, in: 0...100, "factor on the last layer's first weights"),
    ]
  }

  /// Below the floor, the deviation could not be learned.
  public func problem() -> SettingsProblem? {
    guard initialLogStandardDeviation < minimumLogStandardDeviation else { return nil }
    return SettingsProblem(
      "initialLogStandardDeviation",
      "is \(initialLogStandardDeviation), expected at least minimumLogStandardDeviation, "
        + "\(minimumLogStandardDeviation)")
  }
}

extension ModelSettings: Settings {
  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .choice("kind", \.kind, "what it computes"),
      .integers(
        "hiddenSizes", \.hiddenSizes, in: 1...4096, counts: 0...8,
        "units of each hidden layer (perceptron)"),
      .choice("activation", \.activation, "what follows each hidden layer or block"),
      .integer("degree", \.degree, in: 1...20, "highest power of each input (polynomial)"),
      .integer("blocks", \.blocks, in: 1...8, "blocks of convolutions (convolutional)"),
      .integer("filters", \.filters, in: 1...1024, "channels of each block (convolutional)"),
      .choice("downsampling", \.downsampling, "how a block halves its picture (convolutional)"),
      .choice(
        "normalization", \.normalization,
        "of hidden sums (perceptron, convolutional)"),
      .integer(
        "contextSize", \.contextSize, in: 0...1024,
        "width of a context vector before the first layer that is not convolutional"),
      .number("weightPenalty", \.weightPenalty, in: 0...1e6, "L2 penalty on the weights"),
    ]
  }
}

extension InnerSettings: Settings {
  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .integer(
        "steps", \.steps, in: 0...100, "gradient steps on each task; 0 pretrains without adapting"),
      .number(
        "stepSize", \.stepSize, in: 1e-12...1000, "step size alpha, where it starts if learned"),
      .number(
        "logStandardDeviationFactor", \.logStandardDeviationFactor, in: 1e-6...1e6,
        "factor on the step size for the log standard deviation"),
      .choice("stepSizeRule", \.stepSizeRule, "whether step sizes are learned, and for what"),
      .integer(
        "episodes", \.episodes, in: 1...10_000,
        "episodes per task before each step, or examples of each class"),
      .texts(
        "adapts", \.adapts, "tensors that a task adapts, [] for all; head is the last layer"),
      .optionalNumber(
        "maximumGradientNorm", \.maximumGradientNorm, in: positive...1e9,
        "a longer gradient is scaled back to it, null for any length"),
      .number(
        "proximalStrength", \.proximalStrength, in: positive...1e9,
        "lambda that ties adapted parameters to the initialization (imaml)"),
      .number(
        "optimumTolerance", \.optimumTolerance, in: 1e-6...0.9,
        "gradient left at an inner optimum, as a share of the first (imaml)"),
      .optionalNumber(
        "minimumLogStandardDeviation", \.minimumLogStandardDeviation, in: -20...5,
        "floor under it while exploring for a step, null for the policy's own"),
      .choice("estimator", \.estimator, "form of the surrogate loss"),
      .flag("firstOrder", \.firstOrder, "drop second derivatives from the meta-gradient"),
    ]
  }
}

extension AdvantageSettings: Settings {
  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .number("discount", \.discount, in: 0...1, "gamma, weight of a reward one step later"),
      .number("gaeLambda", \.gaeLambda, in: 0...1, "lambda of the inner advantages"),
      .number("ridge", \.ridge, in: positive...1e6, "ridge of the linear feature baseline"),
      .flag(
        "bootstrap", \.bootstrap,
        "whether tasks go on after the time limit, so that values count what comes past it"),
    ]
  }

  /// Rewards for ever have no sum without discounting.
  public func problem() -> SettingsProblem? {
    guard bootstrap && discount == 1 else { return nil }
    return SettingsProblem("bootstrap", "is true, expected false with discount: 1")
  }
}

extension OuterSettings: Settings {
  /// The keys.
  public static var fields: [Field<Self>] {
    [
      .choice("method", \.method, "how the initialization is improved"),
      .integer("tasks", \.tasks, in: 1...10_000, "tasks in a meta-iteration"),
      .integer("iterations", \.iterations, in: 0...10_000_000, "meta-iterations"),
      .numbers(
        "stepWeights", \.stepWeights, in: 0...1e6, counts: 0...100,
        "weight of the loss after each inner step, [] for the last alone (adam, promp)"),
      .integer(
        "stepWeightAnnealing", \.stepWeightAnnealing, in: 0...10_000_000,
        "iterations in which all weights move to the last step, 0 for none (adam, promp)"),
      .number(
        "explorationCredit", \.explorationCredit, in: 0...1,
        "share of E-MAML's credit to episodes before adaptation (adam, episodes)"),
      .number("gaeLambda", \.gaeLambda, in: 0...1, "lambda of the outer advantages"),
      .number(
        "learningRate", \.learningRate, in: 0...100,
        "Adam's rate (adam, promp, imaml), or the share of the way (reptile)"),
      .number(
        "logStandardDeviationFactor", \.logStandardDeviationFactor, in: 0...1e6,
        "factor on Adam's rate for the log standard deviation"),
      .number(
        "stepSizeLearningRate", \.stepSizeLearningRate, in: 0...100,
        "Adam's rate for learned log step sizes"),
      .flag("decay", \.decay, "let Adam's rates and the trust region's radius fall linearly to 0"),
      .texts(
        "earlierEnds", \.earlierEnds,
        "iterations done, of how many, whenever their number was changed: what decay fell towards till then, "
          + "such as 3 of 10"),
      .choice(
        "nonFinite", \.nonFinite, "what becomes of an update with a number that is not finite"),
      .number("maxKL", \.maxKL, in: positive...100, "bound on the mean divergence, in nats (trpo)"),
      .integer(
        "conjugateGradientIterations", \.conjugateGradientIterations, in: 1...1000,
        "iterations of conjugate gradient (trpo, imaml)"),
      .number("damping", \.damping, in: 0...1e6, "added to the curvature (trpo)"),
      .integer(
        "lineSearchSteps", \.lineSearchSteps, in: 1...1000, "steps of the line search (trpo)"),
      .number(
        "lineSearchShrink", \.lineSearchShrink, in: 0.01...0.99, "factor from step to step (trpo)"),
      .integer("epochs", \.epochs, in: 1...1000, "updates on the same episodes (promp)"),
      .number(
        "clip", \.clip, in: positive...10, "bound on the change of likelihood ratios (promp)"),
      .number(
        "klPenalty", \.klPenalty, in: 0...1e6, "first weight of the divergences (promp)"),
      .number(
        "klTarget", \.klTarget, in: 0...100,
        "divergence that their weights adapt to, in nats, 0 for constant weights (promp)"),
    ]
  }

  /// Weights must leave something to learn from, and not every method has them.
  public func problem() -> SettingsProblem? {
    if let wrong = earlierEnds.first(where: { EarlierEnd($0) == nil }) {
      return SettingsProblem(
        "earlierEnds", "has '\(wrong)', expected iterations done of how many, such as 3 of 10")
    }
    if !stepWeights.isEmpty && !method.weighsSteps {
      return SettingsProblem(
        "stepWeights", "is not empty, expected [] with method: \(method.rawValue)")
    }
    if explorationCredit > 0 && method != .adam {
      return SettingsProblem(
        "explorationCredit",
        "is \(explorationCredit), expected 0 with method: \(method.rawValue)")
    }
    if method == .reptile && learningRate > 1 {
      return SettingsProblem("learningRate", "is \(learningRate), expected at most 1 with reptile")
    }
    if !stepWeights.isEmpty && !stepWeights.contains(where: { $0 > 0 }) {
      return SettingsProblem("stepWeights", "are all 0, expected at least one above 0")
    }
    return nil
  }
}
