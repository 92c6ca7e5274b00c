public import EnvironmentKit

/// What an environment does that it must not, and where.
public struct ConformanceFinding: Sendable, Hashable, Codable, CustomStringConvertible {
  /// What was found and what would be right.
  public var problem: String
  /// The component of the observation at fault.
  public var component: String?
  /// The task, as JSON.
  public var task: String?
  /// The index of the episode, which with the seed names its random stream.
  public var episode: Int?
  /// The time step, counted from 1; 0 is the reset.
  public var step: Int?

  /// One line.
  public var description: String {
    let parts = [
      component.map { "component '\($0)'" }, task.map { "task \($0)" },
      episode.map { "episode \($0)" }, step.map { "step \($0)" },
    ].compactMap(\.self)
    return parts.isEmpty ? problem : "\(problem); \(parts.joined(separator: ", "))"
  }
}

/// The result of one check.
public struct ConformanceResult: Sendable, Hashable, Codable {
  /// The check.
  public let check: ConformanceCheck
  /// What it found, nil if the environment passed.
  public let finding: ConformanceFinding?
  /// What a reader should know of a check that passed.
  public let note: String?

  /// Whether the environment keeps what the check is about.
  public var passed: Bool { finding == nil }
}

/// The results of all checks of an environment.
public struct ConformanceReport: Sendable, Hashable, Codable, CustomStringConvertible {
  /// The environment's name.
  public let environment: String
  /// The seed of tasks, episodes and actions.
  public let seed: UInt64
  /// One for each check, in order.
  public let results: [ConformanceResult]
  /// Steps per second on one thread, under random actions and with resets.
  public let stepsPerSecond: Double?

  /// Whether every check passed.
  public var passed: Bool { results.allSatisfy(\.passed) }

  /// One line for each failure: check, finding and seed.
  public var description: String {
    if passed { return "'\(environment)' conforms" }
    return results.compactMap { result in
      result.finding.map {
        "environment '\(environment)' fails \(result.check.rawValue): \($0), seed \(seed)"
      }
    }.joined(separator: "\n")
  }
}

/// Holds an environment to what learning on it needs.
///
/// The checks run it on tasks of every split, under random, held, extreme and excessive actions. In a
/// test of an environment:
///
/// ```swift
/// let environment = try EnvironmentDefinition(MyEnvironment.self).make()
/// let report = checkConformance(of: environment)
/// #expect(report.passed, "\(report)")
/// ```
///
/// - Parameters:
///   - environment: The environment with its parameters.
///   - checks: Which checks to run.
///   - seed: Names the tasks, episodes and actions.
///   - steps: How many steps the memory check takes, under extreme actions.
/// - Returns: A result for each check, and the rate of steps unless only some checks were asked for.
public func checkConformance(
  of environment: AnyEnvironment, checks: [ConformanceCheck] = ConformanceCheck.allCases,
  seed: UInt64 = 1, steps: Int = 100_000
) -> ConformanceReport {
  let subject = Subject(environment: environment, seed: seed, steps: steps)
  let results = checks.map { check in
    do {
      return switch try check.run(subject) {
      case .passed(let note): ConformanceResult(check: check, finding: nil, note: note)
      case .failed(let finding): ConformanceResult(check: check, finding: finding, note: nil)
      }
    } catch {
      let finding = ConformanceFinding(problem: "an error: \(error)")
      return ConformanceResult(check: check, finding: finding, note: nil)
    }
  }
  let measured = checks.count == ConformanceCheck.allCases.count
  let rate =
    measured
    ? try? environment.measureStepRate(
      stepsPerWorld: 500, worldsPerThread: 16, threads: 1, seed: seed) : nil
  return ConformanceReport(
    environment: environment.name, seed: seed, results: results,
    stepsPerSecond: rate?.stepsPerSecond)
}
