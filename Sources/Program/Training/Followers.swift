public import EnvironmentKit
public import Experiments
public import MetaLearning
public import Parallel
public import RunRecords

/// What the leader of several processes has the others do.
public enum Order: Int {
  /// Train along; see ``followTraining(_:in:environments:algorithms:)``.
  case train = 1
  /// Measure along.
  case measure
  /// End, with an exit code.
  case end
}

/// The processes that a training's leader has follow it; none where it is alone.
struct Followers {
  /// All of them, with the leader; nil where it is alone.
  let crew: Crew?

  /// What happens next in a training; numbers that no order has.
  enum Step: Int {
    case iterate = 11
    case validate
    case end
  }

  /// Those who train an experiment together.
  ///
  /// - Throws: `RecordError` of kind `usage` where some would have nothing to do.
  init(_ crew: Crew?, of experiment: Experiment) throws {
    self.crew = crew
    let tasks = experiment.configuration.outer.tasks
    try crew?.requireWork(tasks, "outer.tasks is \(tasks)")
  }

  /// Has them train an experiment from a state on; their words are heard before anything is computed.
  func begin(_ experiment: Experiment, at state: LearnerState) throws {
    guard let crew else { return }
    var message = Message()
    message.write(Order.train.rawValue)
    try message.write(experiment, at: state)
    crew.tell(message)
    try crew.agreedBeginning {}
  }

  func tell(_ step: Step) {
    var message = Message()
    message.write(step.rawValue)
    crew?.tell(message)
  }
}

/// Trains along with the leader, step by step, until it says that this is over.
///
/// - Parameters:
///   - order: What the leader said, behind the order's name.
///   - crew: The leader, this process and others.
///   - environments: The environments and sources known here.
///   - algorithms: The outer methods and networks known here.
public func followTraining(
  _ order: inout Message, in crew: Crew, environments: EnvironmentRegistry, algorithms: Algorithms
) {
  let (experiment, learner): (Experiment, MetaLearner)
  do {
    (experiment, learner) = try crew.agreedBeginning {
      let (experiment, state) = try order.experiment(
        environments: environments, algorithms: algorithms)
      let learner = try experiment.makeLearner(in: crew)
      learner.state = state
      return (experiment, learner)
    }
  } catch {
    // What stands in the way in any process, the leader says.
    return
  }
  while true {
    var message = crew.hear()
    let number: Int = message.read()
    guard let step = Followers.Step(rawValue: number) else {
      preconditionFailure("process \(crew.rank) heard \(number) while training")
    }
    if step == .end { return }
    // An error is that of all processes, and the leader decides what becomes of it.
    if step == .iterate {
      _ = try? learner.iterate()
    } else {
      _ = try? experiment.validationScore(
        of: learner.state, in: crew, shouldStop: { crew.isAskedToStop })
    }
  }
}

extension Crew {
  /// Refuses more processes than there are tasks.
  ///
  /// - Parameters:
  ///   - tasks: How many there are.
  ///   - found: What says so, for the message.
  /// - Throws: `RecordError` of kind `usage`.
  public func requireWork(_ tasks: Int, _ found: String) throws {
    guard count > tasks else { return }
    throw RecordError(
      .usage, "\(found), which gives \(count) processes nothing to share; start at most \(tasks)")
  }

  /// Does what may fail in one process alone before they begin to compute together.
  ///
  /// - Parameter body: What that is.
  /// - Returns: What it returns.
  /// - Throws: The error of the first process that has one, in every process; another's names it.
  public func agreedBeginning<Value>(_ body: () throws -> Value) throws -> Value {
    try Ranks(self, threads: 1).agree {
      do {
        return try body()
      } catch  where !isLeader {
        throw RecordError(Self.kind(of: error), "process \(rank) on \(hostName): \(error)")
      }
    }
  }

  /// The name of this process's machine.
  public var hostName: String { RunFacts.currentHost["name"] ?? "an unknown host" }

  private static func kind(of error: any Error) -> RecordError.Kind {
    switch error {
    case let error as RecordError: error.kind
    case is PluginError: .unreadable
    case is EnvironmentError: .usage
    default: .fault
    }
  }
}

extension Message {
  /// Writes an experiment and where it stands.
  public mutating func write(_ experiment: Experiment, at state: LearnerState) throws {
    write(experiment.configuration.yaml(heading: ""))
    let bytes = try state.checkpoint(layout: experiment.problem.layout).encoded()
    bytes.withUnsafeBufferPointer { write(numbers: $0) }
  }

  /// Reads an experiment and where it stands.
  ///
  /// - Parameters:
  ///   - environments: The environments and sources known here.
  ///   - algorithms: The outer methods and networks known here.
  /// - Returns: Both.
  /// - Throws: What stands in the way here, such as a missing library or data that differ from the leader's.
  public mutating func experiment(
    environments: EnvironmentRegistry, algorithms: Algorithms
  ) throws -> (Experiment, LearnerState) {
    let source = "the leader's configuration"
    let text: String = read()
    let bytes = read(numbers: UInt8.self)
    let experiment = try Experiment(
      Configuration(yaml: text, source: source), source: source, environments: environments,
      algorithms: algorithms)
    try experiment.change?.check(source: source, isAllowed: false) { _ in }
    let state = try LearnerState(
      Checkpoint(bytes: bytes, source: "the leader's state"), layout: experiment.problem.layout,
      settings: experiment.metaLearning)
    return (experiment, state)
  }
}

extension RecordError: TransmissibleError {
  /// Reads kind and message.
  public init(from message: inout Message) {
    self.init(Kind(rawValue: Int32(message.read(Int.self))) ?? .fault, message.read())
  }

  /// Writes kind and message.
  public func write(to message: inout Message) {
    message.write(Int(kind.rawValue))
    message.write(self.message)
  }
}

extension EnvironmentError: TransmissibleError {
  /// Reads the line and what it is about.
  public init(from message: inout Message) {
    let text: String = message.read()
    let (key, environment): ([String], [String]) = (message.read(), message.read())
    self.init(text, key: key.first, environment: environment.first)
  }

  /// Writes the line and what it is about.
  public func write(to message: inout Message) {
    message.write(self.message)
    for part in [key, environment] { message.write(part.map { [$0] } ?? []) }
  }
}
