package import Foundation
internal import Processes

/// A program of the system that draws or encodes: found on the path, fed through its standard input.
public struct ExternalTool: Sendable {
  /// The program's name.
  public let name: String
  /// How it is installed.
  public let remedy: String

  /// Draws figures.
  public static let gnuplot = ExternalTool(
    name: "gnuplot", remedy: "apt-get install gnuplot-nox")
  /// Encodes films.
  public static let ffmpeg = ExternalTool(name: "ffmpeg", remedy: "apt-get install ffmpeg")

  /// A program by its name.
  public init(name: String, remedy: String) { (self.name, self.remedy) = (name, remedy) }

  /// Where the program stands; nil where it isn't installed.
  public var path: String? {
    let folders = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    return folders.split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Runs the program to its end.
  ///
  /// - Parameters:
  ///   - arguments: Its arguments.
  ///   - directory: Where it works; nil for here.
  ///   - feed: Writes to its standard input; what it is handed throws where the program has ended.
  /// - Throws: ``ToolError`` with the last line that the program said.
  package func run(
    _ arguments: [String], in directory: String? = nil,
    feed: (FileHandle) throws -> Void = { _ in }
  ) throws {
    guard let path else {
      throw ToolError(description: "\(name) isn't installed: \(remedy)", isMissing: true)
    }
    let process: ChildProcess
    do {
      process = try ChildProcess(path, arguments, in: directory)
    } catch {
      throw ToolError(description: "\(path) can't be started: \(error)")
    }
    // A program that ends early says itself why.
    let fed = Result { try feed(process.input) }
    try? process.input.close()
    let ending = process.waitForEnd()
    guard ending == .code(0) else {
      let said = process.lastLine.map { ": \($0.drop { $0 == " " })" } ?? ""
      throw ToolError(description: "\(name) ended with \(ending.status)\(said)")
    }
    try fed.get()
  }
}

/// Why a program of the system didn't do its work.
public struct ToolError: Error, CustomStringConvertible {
  /// One line that names it.
  public let description: String
  /// Whether it isn't installed.
  public var isMissing = false
}
