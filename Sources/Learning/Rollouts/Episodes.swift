public import Differentiation
public import Models
public import Policies

/// What one policy did on one task: episodes one behind the other, without padding.
public struct Episodes: Sendable {
  /// What the policy was shown before each action, `[step, component]`.
  public let observations: Tensor<Float>
  /// What the policy's network remembered before each episode, `[episode, memory]`; nil for nothing.
  public let memoryBefore: Tensor<Float>?
  /// What the policy remembered after each episode, `[episode, memory]`; nil where it can't remember.
  public let memory: Tensor<Float>?
  /// What it did in each step.
  public let actions: Actions<Float>
  /// What the policy's network kept of each step: a loss at the parameters that collected need not compute it again.
  public let cache: ForwardCache<Float>
  /// The reward of each step, `[step]`.
  public let rewards: [Float]
  /// Where each episode's steps start, and where the last one's end, `[episode + 1]`.
  public let starts: [Int]
  /// Whether each episode ended by the environment's rule rather than by a limit of time, `[episode]`.
  public let terminated: [Bool]
  /// How many steps before the time limit the environment cut each episode off, without a rule of its own by which
  /// it ended, `[episode]`: 0 for most.
  public let missingSteps: [Int]
  /// Whether each episode succeeded, `[episode]`; nil where the environment doesn't say what success is.
  public let succeeded: [Bool]?
  /// What would have been shown after each episode's last step, `[episode, component]`.
  public let finalObservations: Tensor<Float>

  /// What the policy saw, episode by episode.
  public var inputs: Sequences<Float> {
    Sequences(observations, starts: starts, memory: memoryBefore)
  }

  /// The number of episodes.
  public var count: Int { terminated.count }
  /// The number of time steps of all episodes.
  public var stepCount: Int { rewards.count }
  /// The steps of an episode.
  public func steps(of episode: Int) -> Range<Int> { starts[episode]..<starts[episode + 1] }

  /// The undiscounted return of each episode, `[episode]`.
  public var returns: [Double] {
    (0..<count).map { episode in steps(of: episode).reduce(0) { $0 + Double(rewards[$1]) } }
  }

  /// The mean undiscounted return.
  public var meanReturn: Double { returns.reduce(0, +) / Double(max(count, 1)) }

  /// What was shown after each step, or would have been shown after an episode's last one, `[step, component]`.
  public var observationsAfter: Tensor<Float> {
    let width = observations.shape.columns
    return Tensor(observations.shape) { out in
      for episode in 0..<count {
        let steps = steps(of: episode)
        guard let last = steps.last else { continue }
        let later = observations.rows(steps.lowerBound + 1..<steps.upperBound)
        for (part, start) in [
          (later, steps.lowerBound), (finalObservations.rows(episode..<episode + 1), last),
        ] {
          part.withElements { elements in
            guard let first = elements.baseAddress else { return }
            (out + start * width).initialize(from: first, count: elements.count)
          }
        }
      }
    }
  }

  /// The first episodes.
  ///
  /// - Parameter count: How many, at most ``count``.
  /// - Returns: These, as collecting them alone gives them: each is named by its index.
  public func prefix(_ count: Int) -> Episodes {
    let rows = starts[count]
    return Episodes(
      observations: observations.rows(0..<rows),
      memoryBefore: memoryBefore?.rows(0..<count), memory: memory?.rows(0..<count),
      actions: actions.prefix(rows),
      cache: cache.rows(0..<rows), rewards: Array(rewards[..<rows]),
      starts: Array(starts[...count]), terminated: Array(terminated[..<count]),
      missingSteps: Array(missingSteps[..<count]),
      succeeded: succeeded.map { Array($0[..<count]) },
      finalObservations: finalObservations.rows(0..<count))
  }

  /// The share of episodes that succeeded; nil where the environment doesn't say what success is.
  public var successRate: Double? {
    succeeded.map { Double($0.count { $0 }) / Double(max(count, 1)) }
  }
}
