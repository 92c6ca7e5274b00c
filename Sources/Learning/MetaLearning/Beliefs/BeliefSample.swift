internal import Differentiation
internal import Models
internal import Policies
internal import Randomness
internal import Rollouts

/// What a bound is estimated from: some moments of trials, and steps that the beliefs of those moments predict.
struct BeliefSample<Scalar: TensorScalar> {
  /// The trials, as the encoder goes through them.
  let inputs: Sequences<Scalar>
  /// The row of each moment.
  let moments: [Int]
  /// Which moments have one before them in their trial.
  let later: [Int]
  /// Standard normal, `[moment, latent]`.
  let noise: Tensor<Scalar>
  /// Steps to predict at each moment.
  let stepsEach: Int
  /// Observation, action and the observation after it of each step, `[moment × step, ...]`.
  let happened: Tensor<Scalar>
  /// `[moment × step, 1]`
  let rewards: Tensor<Scalar>
  /// How many steps of its trial a step stands for, `[moment × step, 1]`.
  let weights: Tensor<Scalar>

  /// The moment of each step.
  var momentOfStep: [Int] {
    moments.indices.flatMap { [Int](repeating: $0, count: stepsEach) }
  }

  /// The sample in another precision.
  func converted<Other: TensorScalar>(to type: Other.Type) -> BeliefSample<Other> {
    BeliefSample<Other>(
      inputs: inputs.converted(to: type), moments: moments, later: later,
      noise: noise.converted(to: type), stepsEach: stepsEach,
      happened: happened.converted(to: type), rewards: rewards.converted(to: type),
      weights: weights.converted(to: type))
  }
}

extension BeliefSample<Float> {
  /// Draws moments of each trial, and steps of the trial for each moment, with replacement.
  ///
  /// - Parameters:
  ///   - trials: The trials.
  ///   - network: Whose beliefs are asked.
  ///   - settings: How much is drawn.
  ///   - random: The stream it is drawn from.
  init(
    _ trials: Trials, _ network: BeliefNetwork, _ settings: BeliefSettings,
    _ random: inout RandomStream
  ) {
    var (moments, later, steps): ([Int], [Int], [Int]) = ([], [], [])
    var weights: [Float] = []
    for trial in 0..<trials.count {
      let rows = trials.inputs.starts[trial]..<trials.inputs.starts[trial + 1]
      for _ in 0..<settings.posteriors {
        let moment = rows.lowerBound + random.index(below: rows.count)
        if moment > rows.lowerBound { later.append(moments.count) }
        moments.append(moment)
        for _ in 0..<settings.decodedSteps {
          steps.append(rows.lowerBound + random.index(below: rows.count))
          weights.append(Float(rows.count) / Float(settings.decodedSteps))
        }
      }
    }
    (self.moments, self.later) = (moments, later)
    inputs = trials.inputs
    stepsEach = settings.decodedSteps
    let latent = Shape(moments.count, network.latentSize)
    noise = Tensor(latent, (0..<latent.count).map { _ in random.normal() as Float })
    guard let following = trials.following else {
      preconditionFailure("beliefs predict what follows, which these trials don't hold")
    }
    let observed = 0..<network.observationWidth
    happened =
      Variable(trials.inputs.rows).columns(observed).rows(at: steps)
      .beside(Variable(trials.actions.numbers(of: steps, width: network.actionWidth)))
      .beside(Variable(following).columns(observed).rows(at: steps)).value
    let column = Shape(steps.count, 1)
    rewards = Tensor(column, steps.map { trials.rewards[$0] })
    self.weights = Tensor(column, weights)
  }
}

extension Actions<Float> {
  /// The actions of some steps as numbers: components, or a 1 among zeros.
  fileprivate func numbers(of steps: [Int], width: Int) -> Tensor<Float> {
    switch self {
    case .continuous(let values): return Variable(values).rows(at: steps).value
    case .discrete(let indices):
      return Variable(Tensor<Float>(Shape(steps.count, 1), repeating: 1))
        .placed(inColumns: steps.map { indices[$0] }, width: width).value
    }
  }
}
