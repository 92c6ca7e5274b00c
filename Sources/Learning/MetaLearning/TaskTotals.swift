internal import Parallel

/// Sums over the tasks of an iteration of what a report tells, added by the tree of the tasks.
struct TaskTotals: Summable {
  private var count = 1.0
  private var scoreSums: [Double]
  private(set) var environmentSteps: Int
  private var gradientNorms: (sum: Double, count: Double)
  private var entropies: (sum: Double, count: Double)
  private var successes: [Double]
  private var tellsSuccess: Bool
  private(set) var seconds: PhaseSeconds

  /// One task's part.
  init(_ task: TaskSummary) {
    scoreSums = task.scores
    environmentSteps = task.environmentSteps
    gradientNorms = (task.innerGradientNorms.reduce(0, +), Double(task.innerGradientNorms.count))
    entropies = task.actionEntropy.map { ($0, 1) } ?? (0, 0)
    // Where some episodes tell of success, those of which none does have not succeeded.
    successes = task.successRates.map { $0 ?? 0 }
    tellsSuccess = task.successRates.contains { $0 != nil }
    seconds = task.seconds
  }

  init(from message: inout Message) {
    (count, scoreSums, environmentSteps) = (message.read(), message.read(), message.read())
    gradientNorms = (message.read(), message.read())
    entropies = (message.read(), message.read())
    (successes, tellsSuccess, seconds) = (message.read(), message.read(), message.read())
  }

  func write(to message: inout Message) {
    message.write(count)
    message.write(scoreSums)
    message.write(environmentSteps)
    for number in [gradientNorms.sum, gradientNorms.count, entropies.sum, entropies.count] {
      message.write(number)
    }
    message.write(successes)
    message.write(tellsSuccess)
    message.write(seconds)
  }

  static func + (left: TaskTotals, right: TaskTotals) -> TaskTotals {
    var sum = left
    sum.count += right.count
    sum.scoreSums = zip(left.scoreSums, right.scoreSums).map(+)
    sum.environmentSteps += right.environmentSteps
    sum.gradientNorms.sum += right.gradientNorms.sum
    sum.gradientNorms.count += right.gradientNorms.count
    sum.entropies.sum += right.entropies.sum
    sum.entropies.count += right.entropies.count
    sum.successes = zip(left.successes, right.successes).map(+)
    sum.tellsSuccess = left.tellsSuccess || right.tellsSuccess
    sum.seconds = left.seconds + right.seconds
    return sum
  }

  /// Mean return, or score on the query set, after 0, 1, ... steps.
  var scores: [Double] { scoreSums.map { $0 / count } }

  /// Mean norm of the inner loss's gradients; nil without steps.
  var innerGradientNorm: Double? { Self.mean(gradientNorms) }

  /// Mean entropy of the policy's actions before adaptation, in nats; nil where tasks have examples.
  var actionEntropy: Double? { Self.mean(entropies) }

  /// The share of successful episodes after 0, 1, ... steps; nil where nothing says what success is.
  var successRates: [Double]? { tellsSuccess ? successes.map { $0 / count } : nil }

  private static func mean(_ values: (sum: Double, count: Double)) -> Double? {
    values.count > 0 ? values.sum / values.count : nil
  }
}
