public import Differentiation
internal import Models

/// Draws actions from policies of one network for many observations at a time, into memory kept from
/// call to call.
///
/// It computes what ``Policy/outputs(_:_:)`` does, with no record; a test holds the two together.
/// A sampler belongs to one thread at a time.
public final class PolicySampler {
  private var policy: Policy
  private let capacity: Int
  private let forward: any ForwardPass
  private let scratch: UnsafeMutablePointer<Float>
  private var deviations: [Float] = []
  /// What the network is shown and what it remembers, where that is more than what is observed; otherwise nil.
  private let history: HistoryRows?

  /// A sampler for at most `capacity` observations at a time.
  public init(policy: Policy, capacity: Int) {
    self.policy = policy
    self.capacity = capacity
    forward = policy.network.makeForward(capacity: capacity)
    scratch = .allocate(capacity: policy.network.outputWidth)
    history = policy.inputs == .history ? HistoryRows(of: policy, capacity: capacity) : nil
  }

  deinit { scratch.deallocate() }

  /// How many random numbers one action takes.
  public var noiseWidth: Int { policy.distribution == .categorical ? 1 : policy.actionWidth }
  /// Whether the noise is normal (Gaussian) or uniform (categorical).
  public var noiseIsNormal: Bool { policy.distribution != .categorical }

  /// How many numbers the network is shown before an action.
  public var inputWidth: Int { policy.network.inputWidth }

  /// How many numbers are remembered of each episode.
  public var memoryWidth: Int { policy.memoryWidth }

  /// How many of these are the network's; they come first.
  public var networkMemoryWidth: Int { policy.network.memoryWidth }

  /// The widths of what the network keeps of each observation, because derivatives follow from it.
  public var cachedWidths: [Int] { forward.cachedWidths }

  /// What the network kept of the last observations, `[rows, width]`; the next draw overwrites it.
  public func cached(_ part: Int) -> UnsafePointer<Float> { forward.cached(part) }

  /// Sets the policy, whose network is the sampler's, and the parameters, `[1, parameter]`, that later
  /// draws use.
  public func set(_ policy: Policy, parameters: Tensor<Float>) {
    precondition(
      policy.network.isSame(as: self.policy.network), "a sampler's network stays the same")
    self.policy = policy
    let tensors = policy.folded(policy.layout.constants(of: parameters)).map(\.value)
    forward.set(tensors)
    if case .gaussian = policy.distribution, let logs = tensors.last {
      let widened = Tensor(logs.shape, policy.distribution.floored(logs.elements))
      deviations = Variable(widened).exponential.value.elements
    }
  }

  /// Draws one action for each observation.
  ///
  /// - Parameters:
  ///   - rows: How many, at most the capacity.
  ///   - observations: `[rows, component]`.
  ///   - memory: What is remembered of each episode, and after the call what is remembered then, `[rows, memoryWidth]`;
  ///     the reward isn't known yet, and set by ``remember(rows:rewards:memory:)``.
  ///   - noise: `[rows, noiseWidth]`: standard normal for a Gaussian, uniform on [0, 1) otherwise.
  ///   - actions: Receives `[rows, noiseWidth]`: components, or the chosen index.
  /// - Returns: What the network was shown, `[rows, inputWidth]`; the next draw overwrites it.
  @discardableResult
  public func sample(
    rows: Int, observations: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>,
    noise: UnsafePointer<Float>, actions: UnsafeMutablePointer<Float>
  ) -> UnsafePointer<Float> {
    act(rows: rows, observations, memory) { outputs in
      draw(rows: rows, outputs, noise, actions)
      return UnsafePointer(actions)
    }
  }

  /// Takes the likeliest action for each observation in place of one that is drawn.
  ///
  /// - Parameters:
  ///   - rows: How many, at most the capacity.
  ///   - observations: `[rows, component]`.
  ///   - memory: As ``sample(rows:observations:memory:noise:actions:)`` has it.
  ///   - actions: Receives `[rows, noiseWidth]`: the mean, or the index of the choice.
  public func chooseLikeliest(
    rows: Int, observations: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>,
    actions: UnsafeMutablePointer<Float>
  ) {
    act(rows: rows, observations, memory) { outputs in
      let (width, stride) = (policy.actionWidth, policy.network.outputWidth)
      for row in 0..<rows {
        let own = outputs + row * stride
        if policy.distribution == .categorical {
          var best = 0
          for column in 1..<width where own[column] > own[best] { best = column }
          actions[row] = Float(best)
        } else {
          (actions + row * width).update(from: own, count: width)
        }
      }
      return UnsafePointer(actions)
    }
  }

  /// Goes through what was done before: what is remembered then is as if these actions had been drawn.
  ///
  /// - Parameters:
  ///   - rows: How many, at most the capacity.
  ///   - observations: `[rows, component]`.
  ///   - memory: As ``sample(rows:observations:memory:noise:actions:)`` has it.
  ///   - actions: What was drawn, `[rows, noiseWidth]`.
  /// - Returns: What the network was shown, `[rows, inputWidth]`; the next call overwrites it.
  public func retrace(
    rows: Int, observations: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>,
    actions: UnsafePointer<Float>
  ) -> UnsafePointer<Float> {
    act(rows: rows, observations, memory) { _ in actions }
  }

  /// Lets the network see observations and what is remembered, and remembers what is done.
  ///
  /// - Returns: What it was shown.
  @discardableResult
  private func act(
    rows: Int, _ observations: UnsafePointer<Float>, _ memory: UnsafeMutablePointer<Float>,
    _ choose: (UnsafeMutablePointer<Float>) -> UnsafePointer<Float>
  ) -> UnsafePointer<Float> {
    precondition(rows <= capacity, "\(rows) observations exceed the capacity of \(capacity)")
    guard let history else {
      _ = choose(forward.outputs(rows: rows, observations, memory: memory))
      return observations
    }
    history.take(rows: rows, observations: observations, memory: memory)
    let actions = choose(forward.outputs(rows: rows, history.inputs, memory: history.memory))
    history.keep(rows: rows, actions: actions, memory: memory)
    return UnsafePointer(history.inputs)
  }

  /// Remembers that episodes begin, `[rows, memoryWidth]`.
  public func begin(rows: Int, memory: UnsafeMutablePointer<Float>) {
    history?.begin(rows: rows, memory: memory)
  }

  /// Remembers what the actions drawn last have brought.
  ///
  /// - Parameters:
  ///   - rows: How many.
  ///   - rewards: `[rows]`
  ///   - memory: `[rows, memoryWidth]`
  public func remember(
    rows: Int, rewards: UnsafePointer<Float>, memory: UnsafeMutablePointer<Float>
  ) {
    history?.remember(rows: rows, rewards: rewards, memory: memory)
  }

  /// Turns what was drawn into actions, where a policy squashes them.
  ///
  /// - Parameters:
  ///   - rows: How many.
  ///   - actions: As drawn, `[rows, noiseWidth]`, and after the call between -1 and 1.
  public func squash(rows: Int, actions: UnsafeMutablePointer<Float>) {
    guard policy.distribution == .squashedGaussian else { return }
    Float.kernels.tanh(rows * policy.actionWidth, actions, actions)
  }

  private func draw(
    rows: Int, _ outputs: UnsafePointer<Float>, _ noise: UnsafePointer<Float>,
    _ actions: UnsafeMutablePointer<Float>
  ) {
    let (width, stride) = (policy.actionWidth, policy.network.outputWidth)
    if policy.distribution == .squashedGaussian {
      let range = ActionDistribution.logDeviationRange
      for row in 0..<rows {
        let own = outputs + row * stride
        for column in 0..<width {
          scratch[column] = min(
            max(own[width + column], Float(range.lowerBound)), Float(range.upperBound))
        }
        Float.kernels.exp(width, scratch, scratch)
        for column in 0..<width {
          actions[row * width + column] =
            own[column] + scratch[column] * noise[row * width + column]
        }
      }
    } else if noiseIsNormal {
      for row in 0..<rows {
        for column in 0..<width {
          let index = row * width + column
          actions[index] = outputs[row * stride + column] + deviations[column] * noise[index]
        }
      }
    } else {
      for row in 0..<rows {
        let logits = UnsafeBufferPointer(start: outputs + row * stride, count: width)
        actions[row] = Float(choice(logits, uniform: noise[row]))
      }
    }
  }

  /// The index whose share of the softmax the uniform number falls into.
  private func choice(_ logits: UnsafeBufferPointer<Float>, uniform: Float) -> Int {
    let maximum = logits.max() ?? 0
    let weights = scratch
    for index in logits.indices { weights[index] = logits[index] - maximum }
    Float.kernels.exp(logits.count, weights, weights)
    var total: Float = 0
    for index in logits.indices { total += weights[index] }
    var remaining = uniform * total
    for index in logits.indices {
      remaining -= weights[index]
      if remaining < 0 { return index }
    }
    return logits.count - 1
  }
}
