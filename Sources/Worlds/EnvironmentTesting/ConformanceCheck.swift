/// One thing that every environment has to keep, so that what is learned on it means something.
public enum ConformanceCheck: String, CaseIterable, Codable, Sendable {
  /// Every component of an observation is written by every reset and step.
  case written
  /// Observations stay within the bounds that the specification declares.
  case bounds
  /// Observations and rewards are finite numbers, under random and under extreme actions.
  case finite
  /// The same task, seed and actions give the same bits.
  case repeatable
  /// An episode does not depend on what its world ran before.
  case history
  /// First observations vary from episode to episode, or never where the specification says so.
  case starts
  /// Episodes don't all terminate at the time limit, which is the framework's, nor at once.
  case termination
  /// The same seed draws the same tasks, whatever was drawn before and in whichever process.
  case taskDraws = "task-draws"
  /// A task written as JSON and read back is the same task, with the same episodes.
  case taskJSON = "task-json"
  /// Tasks differ, and differ in what they observe or reward.
  case taskEffect = "task-effect"
  /// No task of one split turns up in another, unless there are only finitely many.
  case splits
  /// Worlds that are stepped together do not influence each other.
  case parallel
  /// Memory in use does not grow from step to step.
  case memory

  /// What the check holds an environment to, in a few words.
  public var summary: String {
    switch self {
    case .written: "every component of an observation is written"
    case .bounds: "observations stay within their bounds"
    case .finite: "observations and rewards are finite under random and extreme actions"
    case .repeatable: "the same seed gives the same bits"
    case .history: "episodes don't depend on what ran before"
    case .starts: "first observations vary, or never do, as declared"
    case .termination: "termination is told apart from the time limit"
    case .taskDraws: "the same seed draws the same tasks"
    case .taskJSON: "tasks survive being written as JSON"
    case .taskEffect: "tasks change what is observed or rewarded"
    case .splits: "train, validation, test and shifted tasks are disjoint"
    case .parallel: "worlds stepped together don't influence each other"
    case .memory: "memory doesn't grow from step to step"
    }
  }

  func run(_ subject: Subject) throws -> Outcome {
    switch self {
    case .written: try subject.checkWritten()
    case .bounds: try subject.checkBounds()
    case .finite: try subject.checkFinite()
    case .repeatable: try subject.checkRepeatable()
    case .history: try subject.checkHistory()
    case .starts: try subject.checkStarts()
    case .termination: try subject.checkTermination()
    case .taskDraws: try subject.checkTaskDraws()
    case .taskJSON: try subject.checkTaskJSON()
    case .taskEffect: try subject.checkTaskEffect()
    case .splits: try subject.checkSplits()
    case .parallel: try subject.checkParallel()
    case .memory: try subject.checkMemory()
    }
  }
}

/// What a check came to.
enum Outcome {
  /// The environment keeps it; a note says what a reader should know nevertheless.
  case passed(note: String? = nil)
  case failed(ConformanceFinding)
}
