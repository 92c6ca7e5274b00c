internal import Differentiation
public import EnvironmentKit
public import MetaLearning
public import Policies
internal import Rollouts

/// How a policy's return grows with the gradient steps it takes on tasks it was not trained on.
public struct AdaptationCurve: Sendable {
  /// Mean undiscounted return of fresh episodes, `[task, step 0...K]`.
  public let returns: [[Double]]
  /// Time steps of all episodes collected.
  public let environmentSteps: Int

  /// A curve of the given returns, `[task, step 0...K]`.
  public init(returns: [[Double]], environmentSteps: Int) {
    self.returns = returns
    self.environmentSteps = environmentSteps
  }

  /// The number of gradient steps of the last point.
  public var steps: Int { (returns.first?.count ?? 1) - 1 }

  /// Each task's return after `step` gradient steps, `[task]`.
  public func returns(afterStep step: Int) -> [Double] { returns.map { $0[step] } }

  /// The mean return after `step` gradient steps with its interval.
  ///
  /// - Parameters:
  ///   - step: From 0 to the curve's last.
  ///   - seed: Of the bootstrap's resampling.
  /// - Returns: Statistics over tasks.
  public func summary(step: Int, seed: UInt64) -> CurveSummary {
    CurveSummary(of: returns(afterStep: step), seed: seed)
  }

  /// The mean of the curve over its steps: its area by the trapezoidal rule, divided by the number of
  /// steps, in units of return.
  public var areaUnderCurve: Double {
    let means = (0...steps).map { mean(returns(afterStep: $0)) }
    guard steps > 0 else { return means[0] }
    let area = (0..<steps).reduce(0) { $0 + (means[$1] + means[$1 + 1]) / 2 }
    return area / Double(steps)
  }
}

/// Adapts a policy to each task step by step and measures it after every step on fresh episodes. They
/// also serve the next step, unless steps learn from episodes with a wider noise: then those are
/// collected besides.
///
/// Steps that training took are taken as it took them. Beyond those half the last step's sizes serve:
/// trained for one step, that is the protocol of Finn et al. 2017.
///
/// - Parameters:
///   - environment: The tasks' environment.
///   - policy: The policy that was trained.
///   - state: The trained initialization and step sizes.
///   - settings: Of training: its inner loop is repeated.
///   - tasks: The tasks, never trained on.
///   - steps: Gradient steps, at least 0.
///   - episodes: Episodes collected for each step, and after the last.
///   - seed: Names the random streams, which training never uses.
///   - threads: Workers over tasks.
/// - Returns: The mean returns, for each task and step.
/// - Throws: What collecting throws.
public func adaptationCurve(
  environment: AnyEnvironment, policy: Policy, state: LearnerState,
  settings: MetaLearningSettings, tasks: [AnyTask], steps: Int, episodes: Int, seed: UInt64,
  threads: Int
) throws -> AdaptationCurve {
  let workers = max(1, min(threads, tasks.count))
  let collectors = try (0..<workers).map { _ in
    try Collector(environment: environment, policy: policy, capacity: episodes)
  }
  let adaptation = TestTimeAdaptation(
    policy: policy, settings: settings, learned: state.stepSizes())
  let results = try parallelMap(count: tasks.count, threads: workers) { worker, index in
    var parameters = state.parameters
    var returns: [Double] = []
    var environmentSteps = 0
    for step in 0...steps {
      // Training counts its iterations from 1, so iteration 0 names streams of evaluation alone.
      let name = CollectionName(seed: seed, iteration: 0, task: index, phase: step)
      let collect = { (actor: Policy) in
        let collected = try collectors[worker].collect(
          episodes, task: tasks[index], policy: actor, parameters: parameters, name: name)
        environmentSteps += collected.stepCount
        return collected
      }
      let measured = try collect(policy)
      returns.append(measured.meanReturn)
      guard step < steps else { break }
      let explorer = adaptation.explorer
      let learnedFrom = explorer == policy ? measured : try collect(explorer)
      parameters = adaptation.step(step, from: parameters, on: learnedFrom)
    }
    return (returns: returns, environmentSteps: environmentSteps)
  }
  return AdaptationCurve(
    returns: results.map(\.returns),
    environmentSteps: results.reduce(0) { $0 + $1.environmentSteps })
}
