public import ArgumentParser
package import CommandLineTool
internal import Dispatch
internal import MetaLearning
internal import RunRecords
internal import Synchronization

/// `fledge watch`, which executables hand to `runFledge`.
public struct Watch: ParsableCommand {
  /// What the help says.
  public static let configuration = CommandConfiguration(
    abstract: "A live page of all runs below a directory, served to this machine.",
    discussion: """
      Open the address that it prints. The page shows how each run goes, its curves and what its newest checkpoint \
      does, and writes nothing. Ctrl-C and SIGTERM end it with 0. From another machine: ssh -L 8931:localhost:8931 \
      HOST, then open http://localhost:8931/ there.
      """)

  @Argument(help: "The directory that runs stand below.")
  var directory = "runs"

  @Option(parsing: .unconditional, help: "The port to listen at, 0 for any that is free.")
  var port = 8931

  @Option(help: "The address to listen at; one that other machines can reach needs --allow-remote.")
  var host = "127.0.0.1"

  @Flag(help: "Serve other machines, too: whoever reaches this one can read all runs.")
  var allowRemote = false

  @OptionGroup var plugins: PluginOption

  /// The command with its defaults.
  public init() {}
}

extension Watch: ContextCommand {
  package func run(in context: Context) throws {
    try require(port, in: 0...65535, option: "--port")
    let hosts = try Hosts(listeningAt: host, allowsRemote: allowRemote)
    // What can't be looked through is found before anything is served.
    _ = try RunDirectory.all(below: directory)
    let recorder = RunRecorder(
      environments: try plugins.environments(in: context), algorithms: context.algorithms,
      allowsChanges: plugins.allowChanges)
    let site = Site(
      hosts: hosts,
      catalogue: Catalogue(of: directory, methods: context.algorithms.outerMethods),
      studio: ReplayStudio { try recorder.document(of: $0) })
    // Trainings come first; the threads that are started from here on inherit it.
    giveWay(by: 10)
    Interruption.endWithSuccess()
    try serve(Server(of: site, port: port))
  }

  /// Serves until the process ends.
  private func serve(_ server: Server) throws {
    let ended = DispatchSemaphore(value: 0)
    let failure = Mutex<(any Error)?>(nil)
    // Threads of tasks have a priority of their own, by the task's.
    Task(priority: .background) {
      do {
        try await server.run { address in try? writeStandardOutput("\(address)\n") }
      } catch {
        failure.withLock { $0 = error }
      }
      ended.signal()
    }
    ended.wait()
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
