public import EnvironmentKit
public import Statistics

/// What `fledge evaluate` found about a run: the document that it prints and stores in the run's
/// `evaluations/`.
public struct EvaluationResult: Sendable {
  /// Where no threshold is given, the share of the curve's own gain that counts as adapted.
  public static let share = 0.9

  /// The environment's or source's name.
  public let environment: String
  /// What a return is: `return`, or of examples `accuracy` or `negativeMeanSquaredError`.
  public let score: String
  /// Where tasks came from.
  public let split: String
  /// The seed of tasks and episodes.
  public let seed: Int
  /// The meta-iteration of the policy.
  public let checkpoint: Int
  /// Episodes for each step, and to measure with.
  public let episodesPerStep: Int
  /// Time steps of all episodes collected.
  public let environmentSteps: Int
  /// A row for each point.
  public private(set) var curve: [Row]
  /// What was seen of each task, in order.
  public let perTask: [TaskReturns]
  /// How often episodes succeed, a row for each point; absent where some task tells nothing of success.
  public let success: [SuccessRow]?
  /// The mean of the curve over its episodes, or over its steps where they tell points apart.
  public let areaUnderCurve: Double
  /// The mean return that counts as adapted.
  public let threshold: Double
  /// The fewest episodes after which it is reached; null if none are enough.
  public let episodesToThreshold: Nullable<Int>
  /// What tells whether a stored result is still the run's.
  public let origin: Origin
  /// What was chosen of how the run adapts; absent where nothing was.
  public let adaptation: AdaptationRecord?
  /// What to know before believing the numbers; absent where there is nothing.
  public let notes: [String]?
  /// On how many tasks that were trained on the gap was measured; absent where it wasn't.
  public private(set) var trainedTasks: Int?
  /// What training found, beside what is known to be best; absent where nothing is known.
  public var closedForms: [ClosedForm]?

  /// The curve at one point.
  public struct Row: Sendable, Codable {
    /// The gradient steps taken.
    public let gradientSteps: Int
    /// The episodes that they learned from.
    public let episodes: Int
    /// The mean return over tasks.
    public let mean: Double
    /// The interquartile mean.
    public let iqm: Double
    /// The interval of the mean, low and high.
    public let ci95: [Double]
    /// The share of successful episodes; absent where the environment doesn't say what success is.
    public let successRate: Double?
    /// How much better the mean is on tasks that were trained on; absent where that was not asked for.
    public fileprivate(set) var generalizationGap: Double?
  }

  /// A task with what was seen of it.
  public struct TaskReturns: Sendable, Codable {
    /// The environment's own value.
    public let task: ParameterValue
    /// The mean return at each point.
    public let returns: [Double]
    /// The share of successful episodes at each point; absent as in a row.
    public let successRates: [Double]?
    /// The return of each episode that was learned from, in order.
    public let adaptationReturns: [Double]
    /// The best return possible, where it is known.
    public let optimalReturn: Double?
  }

  /// What an evaluation asks.
  public struct Question: Sendable {
    /// The environment's or source's name.
    public let environment: String
    /// What a return is.
    public let score: String
    /// Where tasks come from.
    public let split: TaskSplit
    /// The seed of tasks, episodes and of the bootstrap.
    public let seed: Int
    /// The meta-iteration of the policy or model.
    public let checkpoint: Int
    /// For each step, and to measure with.
    public let episodes: Int
    /// Which training by which version is measured.
    public let origin: Origin
    /// What was chosen of how the run adapts.
    public let adaptation: AdaptationRecord?

    /// A question of its parts.
    public init(
      environment: String, score: String, split: TaskSplit, seed: Int, checkpoint: Int,
      episodes: Int, origin: Origin, adaptation: AdaptationRecord? = nil
    ) {
      self.environment = environment
      self.score = score
      self.split = split
      self.seed = seed
      self.checkpoint = checkpoint
      self.episodes = episodes
      self.origin = origin
      self.adaptation = adaptation
    }
  }

  /// Which training by which version was measured.
  public struct Origin: Sendable, Codable, Equatable {
    /// When the run began, as `run.json` says.
    public let runStart: String
    /// The version of Fledge that measured.
    public let fledge: String
    /// Tells what was trained and measured on apart: the checksum of all keys that the numbers depend on, with
    /// that of the libraries and data that tasks are made of.
    public let configuration: String?

    /// An origin of its parts.
    public init(runStart: String, fledge: String, configuration: String? = nil) {
      (self.runStart, self.fledge, self.configuration) = (runStart, fledge, configuration)
    }
  }

  /// Sums up a measurement.
  ///
  /// - Parameters:
  ///   - curve: What was measured.
  ///   - question: What was asked.
  ///   - tasks: On which tasks.
  ///   - optimum: The best return possible on a task, where it is known.
  ///   - threshold: The mean return that counts as adapted, nil for ``share`` of the curve's own gain.
  ///   - notes: What to know before believing the numbers.
  public init(
    _ curve: AdaptationCurve, of question: Question, tasks: [AnyTask],
    optimum: (AnyTask) -> Double?, threshold: Double?, notes: [String] = []
  ) {
    self.notes = notes.isEmpty ? nil : notes
    environment = question.environment
    score = question.score
    split = question.split.rawValue
    seed = question.seed
    checkpoint = question.checkpoint
    episodesPerStep = question.episodes
    origin = question.origin
    adaptation = question.adaptation
    environmentSteps = curve.environmentSteps
    self.curve = curve.points.enumerated().map { index, point in
      let scores = curve.scores(at: index)
      let interval = Bootstrap(seed: UInt64(question.seed)).interval(of: scores, \.mean)
      return Row(
        gradientSteps: point.gradientSteps, episodes: point.episodes, mean: scores.mean,
        iqm: scores.interquartileMean, ci95: [interval.low, interval.high],
        successRate: curve.successRate(at: index), generalizationGap: nil)
    }
    perTask = zip(tasks, curve.outcomes).map { task, outcome in
      TaskReturns(
        task: task.parameterValue, returns: outcome.returns,
        successRates: outcome.successRates.isEmpty ? nil : outcome.successRates,
        adaptationReturns: outcome.experience,
        optimalReturn: optimum(task))
    }
    success = SuccessRow.rows(of: curve, tasks: tasks, seed: question.seed)
    areaUnderCurve = curve.areaUnderCurve
    let means = self.curve.map(\.mean)
    let gain = (means.max() ?? means[0]) - means[0]
    self.threshold = threshold ?? means[0] + Self.share * gain
    episodesToThreshold = Nullable(curve.episodes(toReach: self.threshold))
  }

  /// Tells how much better the run does on tasks that it was trained on.
  ///
  /// - Parameter training: The same asked of them.
  public mutating func addGap(to training: EvaluationResult) {
    trainedTasks = training.perTask.count
    for (index, row) in training.curve.enumerated() {
      curve[index].generalizationGap = row.mean - curve[index].mean
    }
  }

  /// The measurement itself.
  public var adaptationCurve: AdaptationCurve {
    AdaptationCurve(
      points: curve.map { .init(gradientSteps: $0.gradientSteps, episodes: $0.episodes) },
      outcomes: perTask.enumerated().map { index, task in
        var outcome = AdaptationCurve.TaskOutcome(task: index)
        outcome.returns = task.returns
        outcome.successRates = task.successRates ?? []
        outcome.experience = task.adaptationReturns
        return outcome
      })
  }
}

extension EvaluationResult: Codable {}

/// A value that is written as null where there is none, in place of being left out.
public struct Nullable<Value: Codable & Sendable>: Codable, Sendable {
  /// The value.
  public let value: Value?

  /// A value, or none.
  public init(_ value: Value?) { self.value = value }

  /// Reads a value or null.
  ///
  /// - Parameter decoder: The decoder to read from.
  /// - Throws: What the decoder throws.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    value = container.decodeNil() ? nil : try container.decode(Value.self)
  }

  /// Writes the value or null.
  ///
  /// - Parameter encoder: The encoder to write to.
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(value)
  }
}

extension Nullable: Equatable where Value: Equatable {}
