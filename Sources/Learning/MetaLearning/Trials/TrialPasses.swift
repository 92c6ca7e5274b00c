internal import Adaptation
internal import Differentiation
internal import Models
internal import Parallel
internal import Policies
internal import Rollouts

/// Passes over trials in which an actor and a critic learn by proximal policy optimization.
struct TrialPasses {
  private let settings: MetaLearningSettings
  private let own: TrialSettings
  /// The actor and critic. Its parameters are the last ones of the state's.
  private let actor: Policy

  init(_ settings: MetaLearningSettings, actor: Policy) {
    (self.settings, self.actor) = (settings, actor)
    own = settings.outer.trials
  }

  /// Every so manieth trial of some is in a part.
  func members(of minibatch: Int, among count: Int) -> [Int] {
    Array(stride(from: minibatch, to: count, by: settings.minibatches))
  }

  /// What else is learned with each step of the actor and the critic, by the parameters in front of theirs: its gradient
  /// and what is recorded of it, by name; nil where there is nothing else.
  typealias Companion = (
    _ parameters: Tensor<Float>, _ pass: Int, _ minibatch: Int
  ) throws -> (gradient: Tensor<Float>, terms: [String: Double])?

  /// Goes over trials.
  ///
  /// - Parameters:
  ///   - trials: Of some tasks together, as the actor was shown them.
  ///   - state: What is learned.
  ///   - iteration: The iteration.
  ///   - companion: What else is learned; the parameters it is given are all there are.
  /// - Returns: The mean over the minibatches of the last whole pass, or of the first one as far as it went.
  /// - Throws: ``NonFiniteUpdate`` for a gradient that is not a finite number.
  func learn(
    from trials: Parts<Trials>, _ state: inout LearnerState,
    _ iteration: MetaIteration<EpisodeAdapter>,
    with companion: Companion = { _, _, _ in nil }
  ) throws -> LossGradient<Float> {
    let team = iteration.team
    let (before, scale) = (
      actor.lastParameters(of: state.parameters), ValueScale(state.own[ValueScale.name])
    )
    let judged = try team.map(trials) {
      JudgedTrials(
        $0, actor, parameters: before, scale: scale, discount: settings.advantages.discount,
        lambda: settings.outer.gaeLambda)
    }
    let newScale = scale.moved(toward: team.sum(judged) { ReturnMoments(of: $0.returns) })
    state.own[ValueScale.name] = newScale.numbers
    state.parameters = iteration.adapter.policy.rescalingValue(
      state.parameters, from: scale, to: newScale)
    let advantages = team.sum(judged) { ReturnMoments(of: $0.advantages) }
    let batches = try team.map(judged) { judged in
      (0..<settings.minibatches).map { minibatch in
        TrialBatch(
          judged, members(of: minibatch, among: judged.trials.count), advantages: advantages,
          scale: newScale)
      }
    }
    let loss = TrialLoss(actor, settings.outer)
    var outcome: LossGradient<Float>?
    let steps = (0..<settings.minibatches).map { minibatch in
      team.sum(batches) { $0[minibatch].batch.count }
    }
    for number in 0..<settings.outer.epochs {
      var pass: LossGradient<Float>?
      for minibatch in 0..<settings.minibatches {
        let parameters = actor.lastParameters(of: state.parameters)
        var sum = team.sum(
          try team.map(batches) { batches in
            let batch = batches[minibatch]
            return loss.gradient(at: parameters, on: batch)
              .scaled(by: Double(batch.batch.count) / Double(steps[minibatch]))
          })
        if let limit = own.stopKL, sum.terms[TrialLoss.divergenceName] ?? 0 > limit {
          return outcome ?? pass ?? sum
        }
        let besides = try companion(state.parameters, number, minibatch)
        sum.terms.merge(besides?.terms ?? [:]) { $1 }
        _ = try state.improveInitialization(
          alongMean: joined(besides.map { clipped($0.gradient) }, clipped(sum.gradient)),
          in: iteration)
        // The mean of those gone over so far.
        let share = 1 / Double(minibatch + 1)
        pass = pass.map { $0.scaled(by: 1 - share) + sum.scaled(by: share) } ?? sum
      }
      outcome = pass
    }
    return outcome ?? LossGradient(gradient: before.scaled(by: 0))
  }

  private func clipped(_ gradient: Tensor<Float>) -> Tensor<Float> {
    let clipping = own.maximumGradientNorm.flatMap {
      GradientClipping(gradient, maximumNorm: Float($0))
    }
    return clipping?.clipped(gradient) ?? gradient
  }

  private func joined(_ front: Tensor<Float>?, _ back: Tensor<Float>) -> Tensor<Float> {
    guard let front else { return back }
    return Variable(front).beside(Variable(back)).value
  }
}

extension LossGradient {
  /// What is recorded of an update along it.
  var metrics: [String: Metric] {
    terms.merging(["outerGradientNorm": Double(gradient.norm)]) { $1 }.mapValues { .number($0) }
  }
}

extension MetaLearningSettings {
  /// The parts that each pass goes over one after the other.
  var minibatches: Int { min(outer.trials.minibatches, inner.episodes) }

  /// The tasks whose trials go through the network together: a power of two, so that a product has rows enough.
  var tasksAtOnce: Int {
    var tasks = 1
    while tasks * inner.episodes < Self.fewestTrials * minibatches && tasks < outer.tasks {
      tasks *= 2
    }
    return tasks
  }

  /// Trials of a minibatch that go through the network together, at the least.
  private static var fewestTrials: Int { 8 }
}

extension MetaIteration<EpisodeAdapter> {
  /// Collects trials of every task.
  ///
  /// - Parameters:
  ///   - adaptation: How they learn.
  ///   - size: How many neighbouring tasks are to be in one process.
  /// - Returns: Of each task the first episodes of all trials, then the second ones, and so on, and how they went.
  /// - Throws: What collecting throws.
  func trials(
    by adaptation: some Adaptation, inGroupsOf size: Int = 1
  ) throws -> Parts<(episodes: [Episodes], summary: TaskSummary)> {
    try team.map(count, inGroupsOf: size) { worker, index in
      try adapter.trials(
        of: tasks[index], index: index, worker: worker, iteration: number,
        by: adaptation, episodes: settings.outer.trials.episodes)
    }
  }
}
