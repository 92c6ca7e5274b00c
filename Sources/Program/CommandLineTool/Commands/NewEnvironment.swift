internal import ArgumentParser
internal import EnvironmentKit
internal import Foundation
internal import Processes
internal import RunRecords

/// `fledge environments new`.
struct NewEnvironment: ContextCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Write an environment of your own to begin from.",
    discussion: """
      Without --python: a Swift package that has an environment as a shared library for --plugin, its \
      tests, an executable with all of fledge's commands, and a configuration that trains. It depends on \
      this copy of Fledge by its path. The library builds in seconds, the rest compiles all of Fledge the \
      first time. With --python: an environment of Gymnasium with tasks, its tests, and a configuration.
      """)

  @Argument(help: "The environment's name: lower-case words joined by hyphens.")
  var name: String

  @Option(help: ArgumentHelp("Where to write it (default: the name).", valueName: "dir"))
  var directory: String?

  @Flag(help: "Write it in Python, for Gymnasium's interface.")
  var python = false

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
    guard name.first?.isLetter == true, !Self.reserved.contains(name) else {
      throw RecordError(
        .usage, "'\(name)' can't name a type; begin with a letter, and add a word to a reserved one"
      )
    }
    let directory = URL(fileURLWithPath: directory ?? name)
    if let content = try? FileManager.default.contentsOfDirectory(atPath: directory.path),
      !content.isEmpty
    {
      throw RecordError(.usage, "\(directory.path) isn't empty; choose another --directory")
    }
    for (path, text) in try python ? pythonFiles() : swiftFiles() {
      let file = directory.appendingPathComponent(path)
      do {
        try FileManager.default.createDirectory(
          at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      } catch {
        throw RecordError(.inputOutput, "\(directory.path): \(error.localizedDescription)")
      }
      try replaceFile(file.path, with: Array(text.utf8))
    }
    let next = python ? "python3 -m unittest" : "swift build -c release --product \(type)Plugin"
    try writeStandardOutput(
      "\(directory.path)\nNext: cd there, and \(next); README.md goes on from there.\n")
  }

  /// Names of types that would hide what an environment is written with.
  private static let reserved = ["any", "environment", "fledge", "self"]

  /// The name of the environment's type.
  private var type: String {
    name.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// The name of its module in Python. One of a single word could hide a module of Python's own.
  private var module: String {
    name.contains("-") ? name.replacingOccurrences(of: "-", with: "_") : name + "_env"
  }

  /// A template with the names filled in.
  private func filled(_ bytes: [UInt8], fledge: String = "") -> String {
    let environment = python ? "gymnasium:\(module):\(name)-v0" : name
    return [
      "__name__": name, "__Type__": type, "__module__": module, "__fledge__": fledge,
      "__environment__": environment,
    ].reduce(String(decoding: bytes, as: UTF8.self)) {
      $0.replacingOccurrences(of: $1.key, with: $1.value)
    }
  }

  /// The files of a Swift package, by their path in it.
  private func swiftFiles() throws -> [(path: String, text: String)] {
    let fledge = try fledgePackage()
    return [
      ("Package.swift", filled(PackageResources.Package_template, fledge: fledge)),
      ("Sources/\(type)/\(type).swift", filled(PackageResources.Environment_template)),
      ("Sources/\(name)/main.swift", filled(PackageResources.main_template)),
      ("Sources/\(type)Plugin/Plugin.swift", filled(PackageResources.Plugin_template)),
      ("Tests/\(type)Tests/\(type)Tests.swift", filled(PackageResources.Tests_template)),
      ("\(name).yaml", filled(PackageResources.configuration_template)),
      ("README.md", filled(PackageResources.README_template)),
      (".gitignore", ".build*\nruns/\n"),
    ]
  }

  /// The files of an environment in Python, by their path.
  private func pythonFiles() -> [(path: String, text: String)] {
    [
      ("\(module).py", filled(PackageResources.PythonEnvironment_template)),
      ("test_\(module).py", filled(PackageResources.PythonTests_template)),
      ("\(name).yaml", filled(PackageResources.configuration_template)),
      ("README.md", filled(PackageResources.PythonREADME_template)),
      (".gitignore", "__pycache__/\nruns/\n"),
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
    if let package = directoryAroundProgram(where: isPackage) { return package.path }
    throw RecordError(
      .usage, "this fledge doesn't stand in its package; say where that is with --fledge DIR")
  }
}
