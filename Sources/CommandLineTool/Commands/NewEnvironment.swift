internal import ArgumentParser
internal import EnvironmentKit
internal import Foundation
internal import RunRecords

/// `fledge environments new`.
struct NewEnvironment: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write a Swift package with an environment of your own to begin from.",
    discussion: """
      The package has an environment as a shared library for --plugin, its tests, an executable with \
      all of fledge's commands, and a configuration that trains. It depends on this copy of Fledge by \
      its path. The library builds in seconds, the rest compiles all of Fledge the first time.
      """)

  @Argument(help: "The environment's name: lower-case words joined by hyphens.")
  var name: String

  @Option(help: ArgumentHelp("Where to write it (default: the name).", valueName: "dir"))
  var directory: String?

  @Option(
    help: ArgumentHelp(
      "Where Fledge's package is (default: the one that this command was built in).",
      valueName: "dir"))
  var fledge: String?

  func run(in context: Context) throws {
    try checkEnvironmentName(name)
    guard !context.environments.definitions.contains(where: { $0.name == name }) else {
      throw RecordError(.usage, "an environment named '\(name)' is built in; choose another name")
    }
    let directory = URL(fileURLWithPath: directory ?? name)
    if let content = try? FileManager.default.contentsOfDirectory(atPath: directory.path),
      !content.isEmpty
    {
      throw RecordError(.usage, "\(directory.path) isn't empty; choose another --directory")
    }
    let package = try fledgePackage()
    for (path, text) in template(fledge: package) {
      let file = directory.appendingPathComponent(path)
      do {
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      } catch {
        throw RecordError(.inputOutput, "\(directory.path): \(error.localizedDescription)")
      }
      try replaceFile(file.path, with: Array(text.utf8))
    }
    try writeStandardOutput(
      """
      \(directory.path)
      Next: cd there, and swift build -c release --product \(type)Plugin; README.md goes on from there.

      """)
  }

  /// The name of the environment's type.
  private var type: String {
    name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The files, by their path in the package.
  private func template(fledge: String) -> [(path: String, text: String)] {
    let filled = { (bytes: [UInt8]) in
      String(decoding: bytes, as: UTF8.self)
        .replacingOccurrences(of: "__name__", with: name)
        .replacingOccurrences(of: "__Type__", with: type)
        .replacingOccurrences(of: "__fledge__", with: fledge)
    }
    return [
      ("Package.swift", filled(PackageResources.Package_template)),
      ("Sources/\(type)/\(type).swift", filled(PackageResources.Environment_template)),
      ("Sources/\(name)/main.swift", filled(PackageResources.main_template)),
      ("Sources/\(type)Plugin/Plugin.swift", filled(PackageResources.Plugin_template)),
      ("Tests/\(type)Tests/\(type)Tests.swift", filled(PackageResources.Tests_template)),
      ("\(name).yaml", filled(PackageResources.configuration_template)),
      ("README.md", filled(PackageResources.README_template)),
      (".gitignore", ".build*\nruns/\n"),
    ]
  }

  /// The directory of Fledge's own package.
  private func fledgePackage() throws -> String {
    let isPackage = { (directory: URL) in
      let manifest = directory.appendingPathComponent("Package.swift").path
      let text = try? String(contentsOfFile: manifest, encoding: .utf8)
      return text?.contains("let package = Package(\n  name: \"fledge\"") == true
    }
    if let fledge {
      let given = URL(fileURLWithPath: fledge).standardizedFileURL
      guard isPackage(given) else {
        throw RecordError(.usage, "--fledge \(fledge): expected the directory of Fledge's package")
      }
      return given.path
    }
    var directory = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    while directory.path != "/" {
      directory.deleteLastPathComponent()
      if isPackage(directory) { return directory.path }
    }
    throw RecordError(
      .usage, "this fledge doesn't stand in its package; say where that is with --fledge DIR")
  }
}
