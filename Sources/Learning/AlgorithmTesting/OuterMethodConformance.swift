internal import Differentiation
public import EnvironmentKit
public import MetaLearning
internal import Parallel
public import Policies

/// Holds an outer method to what training needs of it.
///
/// The derivatives that its inner loop hands it are compared with finite differences, as `fledge gradcheck` does; two
/// iterations have the same bits on one, two and three threads and processes; and from a kept state a fresh learner goes on with the
/// same bits.
///
/// In a test of a method:
///
/// ```swift
/// var settings = MetaLearningSettings()
/// try settings.methods.register(MyMethod.definition)
/// settings.outer.method = "my-method"
/// let report = checkConformance(of: settings, on: environment)
/// #expect(report.passed, "\(report)")
/// ```
///
/// - Parameters:
///   - settings: The method with its settings; few tasks and episodes are enough.
///   - environment: What policies act in.
///   - networks: The networks that the settings' policy may name.
///   - seed: Names tasks and episodes.
/// - Returns: A result for each check.
public func checkConformance(
  of settings: MetaLearningSettings, on environment: AnyEnvironment, networks: Networks = .builtIn,
  seed: UInt64 = 1
) -> AlgorithmReport {
  let trial = MethodTrial(
    settings: settings, environment: environment, networks: networks, seed: seed)
  var report = AlgorithmReport(subject: "method '\(settings.outer.method.rawValue)'")
  report.add("settings", trial.fit)
  guard report.passed else { return report }
  report.add("gradients", trial.gradients)
  report.add("threads", trial.threads)
  report.add("processes", trial.processes)
  report.add("going on", trial.goesOn)
  return report
}

private struct MethodTrial {
  let settings: MetaLearningSettings
  let environment: AnyEnvironment
  let networks: Networks
  let seed: UInt64

  private func problem() throws -> Problem {
    .episodes(
      environment,
      try Policy(
        for: environment.specification, settings: settings.policy, networks: networks))
  }

  private func learner(by team: any Team = Threads(1)) throws -> MetaLearner {
    try MetaLearner(problem: problem(), settings: settings, seed: seed, team: team)
  }

  /// The method is known, and works with the settings.
  func fit() throws -> String? {
    guard let method = settings.methods.named(settings.outer.method) else {
      return "it isn't registered in the settings' methods"
    }
    if let violation = method.violation(in: settings) { return "\(violation)" }
    _ = try method.initialState(settings, problem().layout)
    return nil
  }

  func gradients() throws -> String? {
    let failed = try gradientChecks(problem(), settings: settings, seed: seed).filter { !$0.passed }
    return failed.first.map {
      "\($0.name) has a relative error of \($0.relativeError), expected below \($0.tolerance)"
    }
  }

  func threads() throws -> String? {
    let alone = try state(of: learner(), after: 2)
    for count in 2...3 {
      if let name = try difference(alone, state(of: learner(by: Threads(count)), after: 2)) {
        return "\(name) differs between 1 and \(count) threads"
      }
    }
    return nil
  }

  func processes() throws -> String? {
    let alone = try state(of: learner(), after: 2)
    for count in 2...3 {
      let states = inCrew(of: count) { crew in
        try state(of: learner(by: Ranks(crew, threads: 1)), after: 2)
      }
      for result in states {
        if let name = try difference(alone, result.get()) {
          return "\(name) differs between 1 and \(count) processes"
        }
      }
    }
    return nil
  }

  func goesOn() throws -> String? {
    let through = try learner()
    _ = try through.iterate()
    let resumed = try learner()
    resumed.state = through.state
    let method = settings.method
    let (names, found) = (try method.initialState(settings, problem().layout), through.state.own)
    guard names.mapValues(\.count) == found.mapValues(\.count) else {
      return "its state has \(found.mapValues(\.count)) after an iteration, expected "
        + "\(names.mapValues(\.count)) as at first"
    }
    let name = try difference(state(of: through, after: 1), state(of: resumed, after: 1))
    return name.map { "\($0) differs where a fresh learner goes on from a kept state" }
  }

  private func state(of learner: MetaLearner, after iterations: Int) throws -> LearnerState {
    for _ in 0..<iterations { _ = try learner.iterate() }
    return learner.state
  }

  /// The first part of two states that isn't the same to the last bit.
  private func difference(_ one: LearnerState, _ other: LearnerState) throws -> String? {
    if one.parameters.elements != other.parameters.elements { return "the initialization" }
    if one.logStepSizes.elements != other.logStepSizes.elements { return "a learned step size" }
    let steps = [one, other].map { $0.replay.mapValues(\.all.elements) }
    if steps[0] != steps[1] { return "the replay" }
    return one.own == other.own ? nil : "what the method carries along"
  }
}
