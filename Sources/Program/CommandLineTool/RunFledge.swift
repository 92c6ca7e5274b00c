public import ArgumentParser
internal import Differentiation
public import EnvironmentKit
internal import Foundation
public import MetaLearning
package import Parallel
internal import Synchronization

/// Runs the command line of this process and ends it with its exit code, which `fledge help` lists.
///
/// An executable with environments of its own is three lines: a registry, `register`, and this.
///
/// - Parameters:
///   - environments: The environments that commands know by name.
///   - algorithms: The outer methods and networks that configurations know by name.
///   - commands: Commands beside those of this library, which bring libraries of their own along.
public func runFledge(
  environments: EnvironmentRegistry, algorithms: Algorithms = Algorithms(),
  commands: [any ParsableCommand.Type] = []
) -> Never {
  Fledge.furtherCommands.withLock { $0 = commands }
  prepareProcessForNumerics()
  // A file that outgrows its limit is then refused like one on a full disk.
  signal(SIGXFSZ, SIG_IGN)
  Interruption.endUntilWatched()
  Children.endWithParent()
  let arguments = Array(CommandLine.arguments.dropFirst())
  var context = Context(environments: environments, algorithms: algorithms)
  var exitCode: Int32 = 0
  do {
    context.crew = try Together.joined()
    if let crew = context.crew, !crew.isLeader { Together.follow(in: crew, context) }
    try run(arguments, context)
  } catch {
    let failure = Failure(error, arguments: arguments)
    if !failure.message.isEmpty && Together.isSpeaker { context.report(failure.message) }
    exitCode = failure.exitCode
  }
  Together.end(context.crew, exitCode)
}

/// What every command is handed.
package struct Context {
  /// The environments known by name.
  package let environments: EnvironmentRegistry
  /// The outer methods and networks known by name.
  package let algorithms: Algorithms
  /// The processes that compute together, of which this is the leader; nil where it is alone.
  package var crew: Crew?

  /// For a process that is alone.
  package init(environments: EnvironmentRegistry, algorithms: Algorithms = Algorithms()) {
    (self.environments, self.algorithms) = (environments, algorithms)
  }

  /// Whether any process was asked to stop.
  package var isAskedToStop: Bool { crew?.isAskedToStop ?? Interruption.isRequested }

  /// Writes a line of diagnostics to standard error.
  ///
  /// - Parameter line: Without its end.
  package func report(_ line: String) { writeStandardError("fledge: \(line)\n") }
}

/// A command that does something, given the context.
package protocol ContextCommand: ParsableCommand {
  /// Does what the command is for.
  ///
  /// - Parameter context: What every command is handed.
  /// - Throws: What ends the process with a line and an exit code.
  func run(in context: Context) throws
}

private func run(_ arguments: [String], _ context: Context) throws {
  try requireOptionsOnce(arguments)
  try requireKnownHelpTopic(arguments)
  do {
    var command = try Fledge.parseAsRoot(arguments)
    if let command = command as? any ContextCommand {
      try command.run(in: context)
    } else {
      try command.run()
    }
  } catch  where Fledge.exitCode(for: error).isSuccess {
    // Help, version and completion scripts arrive as errors.
    try writeStandardOutput(Fledge.fullMessage(for: error) + "\n")
  }
}

/// The command at the root.
struct Fledge: ParsableCommand {
  /// Commands that the executable adds. The parser knows commands by their types alone, so they stand here.
  static let furtherCommands = Mutex<[any ParsableCommand.Type]>([])

  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "fledge",
      abstract: "Meta-reinforcement learning: policies that adapt to a new task in a few episodes.",
      discussion: """
        First steps: fledge train nav2d-finn, then fledge evaluate runs/nav2d-finn-1.
        Exit codes: 0 success, 64 wrong usage or configuration, 65 data that can't be read, \
        70 a fault inside, 74 an I/O failure, 130 interrupted with the state saved.
        """,
      version: "fledge " + versionText,
      subcommands: [
        Train.self, Evaluate.self, Compare.self, WriteReport.self, Render.self, Export.self,
        Adapt.self, Runs.self, ExportMetrics.self, Track.self,
        Presets.self, Environments.self, Bench.self,
        Gradcheck.self, Doctor.self,
      ] + furtherCommands.withLock { $0 })
  }
}
