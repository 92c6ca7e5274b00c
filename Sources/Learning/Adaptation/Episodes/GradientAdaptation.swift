public import Differentiation
public import Models
public import Policies
public import Rollouts

/// Adaptation of a policy by gradient steps on its parameters: the inner loop of MAML and its relatives.
public struct GradientAdaptation: Adaptation {
  /// Who shows what is known.
  public let policy: Policy
  /// Who collects what the steps learn from: the policy with its noise kept wide.
  public let explorer: Policy
  /// The inner loop.
  public let inner: InnerSettings
  /// How the advantages of the episodes that steps learn from are computed.
  public let advantages: AdvantageSettings
  /// α of each step.
  let stepSizes: StepSizes
  /// θ, where each task begins, `[1, parameter]`.
  private let initial: Tensor<Float>
  /// Whether a step leads to an inner optimum rather than down one gradient.
  private let descendsToOptimum: Bool
  /// How many products with each step's Jacobian will be asked for.
  private let products: HessianProducts
  /// Whether steps and what they learned from are kept.
  private let isRecorded: Bool

  /// What is known of a task: the parameters that it was adapted to.
  public struct Progress {
    /// θ', `[1, parameter]`.
    public internal(set) var parameters: Tensor<Float>
    /// How many steps led there.
    public internal(set) var stepCount = 0
    /// These steps, where they are kept.
    public internal(set) var chain = AdaptationChain<Float>()
    /// What each step learned from, where that is kept.
    public internal(set) var batches: [Batch<Float>] = []
  }

  /// Adaptation from an initialization.
  ///
  /// - Parameters:
  ///   - policy: The policy.
  ///   - initial: θ, `[1, parameter]`.
  ///   - inner: The inner loop.
  ///   - advantages: How the advantages of the episodes that steps learn from are computed.
  ///   - stepSizes: α of each step.
  ///   - descendsToOptimum: Whether a step leads to an inner optimum rather than down one gradient.
  ///   - products: How many products with each step's Jacobian will be asked for.
  ///   - isRecorded: Whether steps and what they learned from are kept in the progress.
  public init(
    policy: Policy, initial: Tensor<Float>, inner: InnerSettings, advantages: AdvantageSettings,
    stepSizes: StepSizes, descendsToOptimum: Bool, products: HessianProducts = .none,
    isRecorded: Bool = false
  ) {
    self.policy = policy
    explorer = inner.minimumLogStandardDeviation.map(policy.exploring) ?? policy
    self.inner = inner
    self.advantages = advantages
    self.stepSizes = stepSizes
    self.initial = initial
    self.descendsToOptimum = descendsToOptimum
    self.products = inner.firstOrder ? .none : products
    self.isRecorded = isRecorded
  }

  /// The initialization.
  public func begin() -> Progress { Progress(parameters: initial) }

  /// The policy with the parameters so far.
  public func actor(_ progress: Progress) -> Actor {
    Actor(policy, parameters: progress.parameters)
  }

  /// The same with its noise kept wide, where that makes a difference.
  public func explorer(_ progress: Progress) -> Actor? {
    explorer == policy ? nil : Actor(explorer, parameters: progress.parameters)
  }

  /// Who acts after `phase` of the inner loop's steps: only after the last there is nothing more to find out.
  public func actor(phase: Int) -> Policy { phase < inner.steps ? explorer : policy }

  /// Takes steps down the loss of the episodes.
  public func learn(_ progress: inout Progress, from episodes: Episodes, repetitions: Int?) {
    // What was kept from acting serves a step of its own. Where steps are repeated all compute it alike, and as of
    // episodes that were recorded.
    let cache = repetitions == nil ? episodes.cache : .empty
    let batch = innerBatch(episodes, from: progress.parameters, cache: cache)
    for _ in 0..<(repetitions ?? 1) {
      let step = step(
        progress.stepCount, from: progress.parameters, tiedTo: initial, on: batch,
        cache: cache, products: products)
      if isRecorded {
        progress.chain.append(step)
        progress.batches.append(batch)
      }
      progress.parameters = step.after
      progress.stepCount += 1
    }
  }

  /// The parameters, and how many steps led there.
  public func arrays(of progress: Progress) -> [String: Tensor<Float>]? {
    [
      "parameters": progress.parameters,
      "stepCount": Tensor(Shape(1, 1), repeating: Float(min(progress.stepCount, 1 << 24))),
    ]
  }

  /// The parameters, after so many steps.
  public func progress(of arrays: [String: Tensor<Float>]) -> Progress? {
    guard arrays.count == 2, let parameters = arrays["parameters"], let steps = arrays["stepCount"],
      parameters.shape == initial.shape, steps.shape == Shape(1, 1),
      let count = Int(exactly: steps[0, 0]), (0...1 << 24).contains(count)
    else { return nil }
    return Progress(parameters: parameters, stepCount: count)
  }

  /// One step down the inner loss.
  ///
  /// - Parameters:
  ///   - index: How many steps were taken before.
  ///   - parameters: Where it begins, `[1, parameter]`.
  ///   - initial: The initialization, which an inner optimum is tied to.
  ///   - batch: What it learns from.
  ///   - cache: What the policy's network kept there while acting; otherwise empty.
  ///   - products: How many products with its Jacobian will be asked for.
  /// - Returns: The step.
  package func step<Scalar: TensorScalar>(
    _ index: Int, from parameters: Tensor<Scalar>, tiedTo initial: Tensor<Scalar>,
    on batch: Batch<Scalar>, cache: ForwardCache<Scalar> = .empty, products: HessianProducts = .none
  ) -> AdaptationStep<Scalar> {
    guard descendsToOptimum else {
      return AdaptationStep(
        from: parameters, stepSizes: stepSizes[index], policy: explorer,
        estimator: inner.estimator, on: batch,
        maximumNorm: inner.maximumGradientNorm.map { Scalar($0) }, cache: cache,
        products: products)
    }
    let optimum = InnerOptimum(
      from: parameters, tiedTo: initial, strength: Scalar(inner.proximalStrength),
      stepSizes: stepSizes[index], tolerance: Scalar(inner.optimumTolerance)
    ) { place in
      let derivatives = derivatives(at: place, on: batch, products: .none)
      return (derivatives.loss, derivatives.gradient)
    }
    return AdaptationStep(from: parameters, to: optimum)
  }

  /// The inner loss of the explorer's episodes.
  private func derivatives<Scalar: TensorScalar>(
    at parameters: Tensor<Scalar>, on batch: Batch<Scalar>, products: HessianProducts
  ) -> LossDerivatives<Scalar> {
    let evaluation = PolicyEvaluation(explorer, parameters: parameters, inputs: batch.inputs)
    return LossDerivatives(at: evaluation, products: products) {
      policyGradientLoss(inner.estimator, explorer, $0, on: batch)
    }
  }

  /// The same adaptation from another initialization, on batches already collected, each by the policy that
  /// its log probabilities tell of.
  package func readapted<Scalar: TensorScalar>(
    on batches: [Batch<Scalar>], from initial: Tensor<Scalar>, products: HessianProducts = .none
  ) -> AdaptationChain<Scalar> {
    var chain = AdaptationChain<Scalar>()
    var parameters = initial
    for (index, batch) in batches.enumerated() {
      let step = step(index, from: parameters, tiedTo: initial, on: batch, products: products)
      chain.append(step)
      parameters = step.after
    }
    return chain
  }

  /// The same steps, with the curvature of each one's loss taken on the first of the episodes that it learned from.
  ///
  /// - Parameters:
  ///   - chain: Steps of this adaptation.
  ///   - batches: What each learned from.
  ///   - count: How many episodes of each.
  /// - Returns: Steps for many products; those of a first-order adaptation have no curvature.
  public func chain<Scalar: TensorScalar>(
    _ chain: AdaptationChain<Scalar>, on batches: [Batch<Scalar>], curvatureEpisodes count: Int
  ) -> AdaptationChain<Scalar> {
    guard !inner.firstOrder else { return chain }
    var estimated = AdaptationChain<Scalar>()
    for (step, batch) in zip(chain.steps, batches) {
      let derivatives = derivatives(
        at: step.before, on: batch.prefix(episodes: count), products: .many)
      estimated.append(step.withCurvature(derivatives.hessianProduct))
    }
    return estimated
  }

  /// Episodes that the explorer collected, with the inner loop's advantages, normalized over the batch.
  ///
  /// - Parameters:
  ///   - episodes: The episodes.
  ///   - parameters: The explorer's, `[1, parameter]`.
  ///   - cache: What its network kept there while acting; otherwise empty.
  /// - Returns: What a step learns from.
  public func innerBatch(
    _ episodes: Episodes, from parameters: Tensor<Float>, cache: ForwardCache<Float>
  ) -> Batch<Float> {
    Batch(episodes, innerAdvantages(of: episodes))
      .collected(by: explorer, with: parameters, cache: cache)
  }

  /// The inner loop's advantages of episodes, normalized over them, `[step]`.
  public func innerAdvantages(of episodes: Episodes) -> [Float] {
    normalized(
      Rollouts.advantages(of: episodes, settings: advantages), by: .batchDeviation)
  }
}
