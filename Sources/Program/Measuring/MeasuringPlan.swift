internal import Adaptation
public import EnvironmentKit
internal import Evaluation
internal import Experiments
public import MetaLearning
public import Parallel
internal import RunRecords
internal import Statistics
internal import Training

/// How a curve is measured, on which tasks.
struct MeasuringPlan {
  /// The tasks.
  let tasks: [AnyTask]
  /// The seed of episodes.
  let seed: UInt64
  /// What becomes of the step sizes of training.
  let rule: TestTimeRule
  /// After what it is measured.
  let points: Points

  /// After what a curve is measured.
  enum Points {
    case perStep(Int, episodes: Int)
    case perEpisode([Int], steps: Int, episodes: Int)
    case online(Int)
  }

  /// Measures.
  ///
  /// - Parameters:
  ///   - experiment: What was trained.
  ///   - state: What came of it.
  ///   - crew: The processes that share the tasks; nil for this one alone.
  ///   - threads: How many tasks there was found to be room for beside each other.
  ///   - record: How it is followed.
  /// - Returns: The curve.
  /// - Throws: What measuring throws.
  func curve(
    of experiment: Experiment, at state: LearnerState, in crew: Crew?, threads: Int = .max,
    record: MeasurementRecord
  ) throws -> AdaptationCurve {
    let measurement = Measurement(
      of: experiment.problem, state: state, settings: experiment.metaLearning, tasks: tasks,
      seed: seed, team: experiment.team(in: crew, tasks: threads), rule: rule, record: record)
    return switch points {
    case .perStep(let steps, let episodes): try measurement.perStep(steps, episodes: episodes)
    case .perEpisode(let counts, let steps, let episodes):
      try measurement.perEpisode(counts, steps: steps, episodes: episodes)
    case .online(let episodes): try measurement.online(episodes)
    }
  }

  /// Measures together with the followers, as their leader.
  func sharedCurve(
    of experiment: Experiment, at state: LearnerState, in crew: Crew?, threads: Int = .max,
    record: MeasurementRecord
  ) throws -> AdaptationCurve {
    if let crew {
      var message = Message()
      message.write(Order.measure.rawValue)
      // What it learned from is of no use to them.
      var state = state
      state.replay = [:]
      try message.write(experiment, at: state)
      write(to: &message)
      message.write(record.known.values.map(\.self))
      crew.tell(message)
      try crew.agreedBeginning {}
    }
    return try curve(of: experiment, at: state, in: crew, threads: threads, record: record)
  }
}

// What the leader tells the followers of it.
extension MeasuringPlan {
  fileprivate func write(to message: inout Message) {
    message.write(tasks.map(\.json))
    message.write(Int(bitPattern: UInt(seed)))
    message.write(rule.factor)
    message.write(rule.trainedSteps.map { [$0] } ?? [])
    message.write(rule.laterFactor)
    switch points {
    case .perStep(let steps, let episodes):
      message.write("step")
      message.write([steps, episodes])
    case .perEpisode(let counts, let steps, let episodes):
      message.write("episode")
      message.write(counts)
      message.write([steps, episodes])
    case .online(let episodes):
      message.write("online")
      message.write(episodes)
    }
  }

  fileprivate init(from message: inout Message, of problem: Problem) throws {
    tasks = try message.read([String].self).map { try problem.task(json: $0) }
    seed = UInt64(UInt(bitPattern: message.read(Int.self)))
    let factor: Double = message.read()
    let steps: [Int] = message.read()
    rule = TestTimeRule(factor: factor, trainedSteps: steps.first, laterFactor: message.read())
    let kind: String = message.read()
    switch kind {
    case "step":
      let numbers: [Int] = message.read()
      points = .perStep(numbers[0], episodes: numbers[1])
    case "episode":
      let (counts, numbers): ([Int], [Int]) = (message.read(), message.read())
      points = .perEpisode(counts, steps: numbers[0], episodes: numbers[1])
    default: points = .online(message.read())
    }
  }
}

extension Problem {
  fileprivate func task(json: String) throws -> AnyTask {
    switch self {
    case .episodes(let environment, _): try environment.task(json: json)
    case .examples(let source, _): try source.task(json: json)
    }
  }
}

/// Measures along with the leader.
///
/// - Parameters:
///   - order: What the leader said, behind the order's name.
///   - crew: The leader, this process and others.
///   - environments: The environments and sources known here.
///   - algorithms: The outer methods and networks known here.
public func followMeasuring(
  _ order: inout Message, in crew: Crew, environments: EnvironmentRegistry, algorithms: Algorithms
) {
  let (experiment, state, plan): (Experiment, LearnerState, MeasuringPlan)
  do {
    (experiment, state, plan) = try crew.agreedBeginning {
      let (experiment, state) = try order.experiment(
        environments: environments, algorithms: algorithms)
      return (experiment, state, try MeasuringPlan(from: &order, of: experiment.problem))
    }
  } catch {
    // What stands in the way in any process, the leader says.
    return
  }
  var record = MeasurementRecord()
  let known: [AdaptationCurve.TaskOutcome] = order.read()
  record.known = Dictionary(known.map { ($0.task, $0) }) { $1 }
  record.shouldStop = { crew.isAskedToStop }
  // What goes wrong is the leader's, too.
  _ = try? plan.curve(of: experiment, at: state, in: crew, record: record)
}
