internal import ArgumentParser
internal import Foundation
internal import Reports
internal import RunRecords

extension Runs {
  /// `fledge runs archive`.
  struct Archive: ContextCommand {
    static let configuration = CommandConfiguration(
      abstract: "Pack runs into one compressed file each, and remove their directories.",
      discussion: """
        Writes FOLDER/NAME.tar.gz, compares it with the directory, and only then removes that. Unpack one by \
        tar -xzf FILE -C runs.
        """)

    @Argument(help: "The runs' directories.")
    var runs: [String]

    @Option(help: ArgumentHelp("The folder of the archives.", valueName: "dir"))
    var out = "runs/archive"

    func run(in context: Context) throws {
      let directories = try runs.map(RunDirectory.open)
      for run in directories { try requireOutside(run) }
      try makeDirectory(out)
      for run in directories { try archive(run) }
    }

    /// Requires that an archive doesn't go with the directory that it is of.
    private func requireOutside(_ run: RunDirectory) throws {
      guard run.contains(out) else { return }
      throw RecordError(
        .usage, "--out \(out) is in \(run.path), which is removed; give a folder elsewhere")
    }

    private func archive(_ run: RunDirectory) throws {
      // A path such as `.` or one that ends with a slash has its name, too.
      let place = URL(fileURLWithPath: run.path).standardizedFileURL.resolvingSymlinksInPath()
      let file = "\(out)/\(place.lastPathComponent).tar.gz"
      guard !fileExists(file) else {
        throw RecordError(.usage, "\(file) stands there already; give another folder with --out")
      }
      let partial = file + ".partial"
      let parts = [
        "--force-local", "-f", partial, "-C", place.deletingLastPathComponent().path,
        "./" + place.lastPathComponent,
      ]
      try run.remove {
        do {
          try ExternalTool.tar.run(["--create", "--gzip"] + parts)
          try ExternalTool.tar.run(["--compare", "--gzip"] + parts)
        } catch {
          try? removeFile(partial)
          throw error
        }
        try renameFile(partial, to: file)
      }
      try writeStandardOutput("\(file)\n")
    }
  }
}

extension ExternalTool {
  /// Packs files.
  fileprivate static let tar = ExternalTool(name: "tar", remedy: "apt-get install tar")
}
