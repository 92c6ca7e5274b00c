public import Differentiation
public import Models
public import Policies

/// Trials: some episodes on one task behind one another, of a policy that remembers the earlier ones.
///
/// To such a policy a trial is one long episode, in which the task begins anew now and then.
public struct Trials: Sendable {
  /// What the policy was shown, a sequence for each trial.
  public let inputs: Sequences<Float>
  /// What it did in each step.
  public let actions: Actions<Float>
  /// The reward of each step, `[step]`.
  public let rewards: [Float]
  /// What would be shown after each step if the episode went on, `[step, input]`; nil where that isn't kept.
  public let following: Tensor<Float>?

  /// Trials with what the policy was shown or is to be shown.
  private init(
    inputs: Sequences<Float>, actions: Actions<Float>, rewards: [Float], following: Tensor<Float>?
  ) {
    (self.inputs, self.actions, self.rewards) = (inputs, actions, rewards)
    self.following = following
  }

  /// Trials of several tasks that went on side by side.
  ///
  /// - Parameters:
  ///   - collected: `[task][number][trial]`: the first episodes of all of a task's trials, then the second ones, and so
  ///     on, each task's as many.
  ///   - keepsFollowing: Whether ``following`` is kept.
  public init(_ collected: [[Episodes]], keepsFollowing: Bool = false) {
    let parts = collected.flatMap { $0 }
    // Where each part's rows begin in all rows put together.
    var begins = [0]
    for part in parts { begins.append(begins[begins.count - 1] + part.stepCount) }
    var rows: [Int] = []
    rows.reserveCapacity(begins[parts.count])
    var starts = [0]
    var number = 0
    for episodes in collected {
      let own = number..<number + episodes.count
      for trial in 0..<(episodes.first?.count ?? 0) {
        for part in own { rows += parts[part].steps(of: trial).map { begins[part] + $0 } }
        starts.append(rows.count)
      }
      number += episodes.count
    }
    let together = Trials(
      inputs: Sequences(Tensor(joining: parts.map(\.observations))),
      actions: Self.joined(parts.map(\.actions)), rewards: parts.flatMap(\.rewards),
      following: keepsFollowing ? Tensor(joining: parts.map(\.observationsAfter)) : nil)
    self = together.taking(rows, starts: starts)
  }

  /// The number of trials.
  public var count: Int { inputs.count }

  /// Some of the trials.
  ///
  /// - Parameter trials: Their indices.
  /// - Returns: These, in this order.
  public func taking(_ trials: [Int]) -> Trials {
    var starts = [0]
    var rows: [Int] = []
    for trial in trials {
      rows += inputs.starts[trial]..<inputs.starts[trial + 1]
      starts.append(rows.count)
    }
    return taking(rows, starts: starts)
  }

  private func taking(_ rows: [Int], starts: [Int]) -> Trials {
    let actions: Actions<Float> =
      switch actions {
      case .continuous(let values): .continuous(Variable(values).rows(at: rows).value)
      case .discrete(let indices): .discrete(rows.map { indices[$0] })
      }
    return Trials(
      inputs: Sequences(Variable(inputs.rows).rows(at: rows).value, starts: starts),
      actions: actions, rewards: rows.map { rewards[$0] },
      following: following.map { Variable($0).rows(at: rows).value })
  }

  /// The same trials as a policy saw them that is shown something else.
  ///
  /// - Parameter rows: What it is shown, `[step, input]`.
  /// - Returns: The trials.
  public func shown(_ rows: Tensor<Float>) -> Trials {
    Trials(
      inputs: Sequences(rows, starts: inputs.starts), actions: actions, rewards: rewards,
      following: following)
  }

  /// How much better each action turned out than expected, as in one long episode that ends with the trial.
  ///
  /// `Aₜ = Σₗ (γλ)ˡ δₜ₊ₗ` with `δₜ = rₜ + γ Vₜ₊₁ - Vₜ` and `V` 0 after the trial (Schulman et al. 2016, equation 16).
  ///
  /// - Parameters:
  ///   - values: V, what is expected of each step, `[step]`.
  ///   - discount: γ.
  ///   - lambda: λ.
  /// - Returns: `[step]`, not normalized.
  public func advantages(over values: [Double], discount: Double, lambda: Double) -> [Double] {
    var advantages = [Double](repeating: 0, count: rewards.count)
    for trial in 0..<count {
      var (next, sum) = (0.0, 0.0)
      for step in (inputs.starts[trial]..<inputs.starts[trial + 1]).reversed() {
        let delta = Double(rewards[step]) + discount * next - values[step]
        sum = delta + discount * lambda * sum
        advantages[step] = sum
        next = values[step]
      }
    }
    return advantages
  }

  private static func joined(_ parts: [Actions<Float>]) -> Actions<Float> {
    var values: [Tensor<Float>] = []
    var indices: [Int] = []
    for part in parts {
      switch part {
      case .continuous(let own): values.append(own)
      case .discrete(let own): indices += own
      }
    }
    return values.isEmpty ? .discrete(indices) : .continuous(Tensor(joining: values))
  }
}
