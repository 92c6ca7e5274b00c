internal import EnvironmentKit
internal import Evaluation
internal import Foundation
internal import Measuring
internal import MetaLearning
internal import Parallel
internal import Rollouts
internal import RunRecords
internal import Training

/// Processes that `mpirun` or `srun` has started together. The first one is the leader: it alone reads the command line,
/// writes and records; the others compute what it has them compute.
enum Together {
  /// Seconds without a sign of another process after which a process ends.
  private static let longestSilence = 30

  /// Joins the others.
  ///
  /// - Returns: This process among them; nil where it was started alone.
  /// - Throws: `RecordError` of kind `usage` where they can't compute together.
  static func joined() throws -> Crew? {
    guard Crew.version != nil else {
      if let count = count(in: "OMPI_COMM_WORLD_SIZE"), count > 1 {
        throw RecordError(
          .usage,
          "started as \(count) processes, but built without MPI; build it by swift build -c release --traits MPI"
        )
      }
      return nil
    }
    guard startedBy.contains(where: { ProcessInfo.processInfo.environment[$0] != nil }),
      let crew = Crew.joined(
        silence: longestSilence, code: RecordError.Kind.inputOutput.rawValue,
        errors: [
          NonFiniteUpdate.self, NonFiniteValue.self, MeasurementStopped.self, EnvironmentError.self,
          RecordError.self,
        ], wishesToStop: { Interruption.isRequested })
    else { return nil }
    hasJoined = true
    isSpeaker = crew.isLeader
    guard crew.count > 1 else { return nil }
    try requireSameProgram(crew)
    return crew
  }

  /// Whether this program can be several processes, for people.
  static var description: String {
    Crew.version ?? "no, built without MPI; swift build -c release --traits MPI"
  }

  /// What Open MPI's and Slurm's launchers tell each process.
  private static let startedBy = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"]

  private static func count(in variable: String) -> Int? {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
  }

  /// Whether this process says what went wrong before anything is shared.
  nonisolated(unsafe) static private(set) var isSpeaker =
    (count(in: "OMPI_COMM_WORLD_RANK") ?? 0) == 0

  private nonisolated(unsafe) static var hasJoined = false

  /// Requires that all of them compute alike, and were asked for the same.
  private static func requireSameProgram(_ crew: Crew) throws {
    let own = versions()
    let program = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/self/exe"))) ?? Data()
    let facts = crew.gather([
      crew.hostName, checksum(of: Array(program)), own["linearAlgebra"] ?? "",
      own["vectorUnits"] ?? "",
      CommandLine.arguments.dropFirst().map(shellQuoted).joined(separator: " "),
    ])
    let differences = [
      ("has another executable", "start one executable everywhere"),
      ("has other linear algebra", "start on hosts of one kind, whose bits are the same"),
      ("has other vector units", "start on hosts of one kind, whose bits are the same"),
      ("has other arguments", "start all with the same"),
    ]
    for (rank, other) in facts.enumerated() {
      for (index, (what, remedy)) in differences.enumerated()
      where other[index + 1] != facts[0][index + 1] {
        throw RecordError(
          .usage,
          "process \(rank) on \(other[0]) \(what), \(other[index + 1]), than process 0 on \(facts[0][0]), "
            + "\(facts[0][index + 1]); \(remedy)")
      }
    }
  }

  /// Computes what the leader has this process compute, and ends as it does.
  static func follow(in crew: Crew, _ context: Context) -> Never {
    while true {
      var order = crew.hear()
      // From here on a signal is a wish to stop, as it is to the leader.
      Interruption.watch()
      switch Order(rawValue: order.read()) {
      case .train:
        followTraining(
          &order, in: crew, environments: context.environments, algorithms: context.algorithms)
      case .measure:
        followMeasuring(
          &order, in: crew, environments: context.environments, algorithms: context.algorithms)
      case .end, nil:
        Crew.leave()
        exit(Int32(order.read(Int.self)))
      }
    }
  }

  /// Ends this process, and as its leader the others.
  static func end(_ crew: Crew?, _ exitCode: Int32) -> Never {
    if let crew {
      var message = Message()
      message.write(Order.end.rawValue)
      message.write(Int(exitCode))
      crew.tell(message)
    }
    if hasJoined { Crew.leave() }
    exit(exitCode)
  }
}
