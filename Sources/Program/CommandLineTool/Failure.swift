internal import ArgumentParser
internal import EnvironmentKit
internal import Measuring
internal import Reports
internal import RunRecords

/// How an error ends the process: one line and an exit code.
struct Failure {
  let message: String
  let exitCode: Int32

  init(_ error: any Error, arguments: [String]) {
    switch error {
    case let error as RecordError: self.init(error.message, error.exitCode)
    case let error as PluginError:
      self.init(error.description, RecordError.Kind.unreadable.rawValue)
    case let error as EnvironmentError: self.init(error.description, usageCode)
    case let error as ToolError:
      self.init(error.description, RecordError.Kind.inputOutput.rawValue)
    case is Interrupted: self.init("", Interrupted.code)
    case let error as EvaluationStopped: self.init(error.text, Interrupted.code)
    case let error where Fledge.exitCode(for: error).rawValue == usageCode:
      let help = (["fledge"] + Self.commandNames(in: arguments) + ["--help"]).joined(separator: " ")
      self.init("\(Fledge.message(for: error)); see '\(help)'", usageCode)
    default: self.init("\(error)", RecordError.Kind.fault.rawValue)
    }
  }

  private init(_ message: String, _ exitCode: Int32) {
    let lines = message.split(whereSeparator: \.isNewline).map { line in
      line.drop { $0 == " " }
    }
    self.message = lines.joined(separator: " ")
    self.exitCode = exitCode
  }

  /// The commands at the beginning of the arguments, as far as they exist.
  private static func commandNames(in arguments: [String]) -> [String] {
    var names: [String] = []
    var command: any ParsableCommand.Type = Fledge.self
    for argument in arguments {
      guard
        let next = command.configuration.subcommands.first(where: {
          commandName($0) == argument
        })
      else { break }
      names.append(argument)
      command = next
    }
    return names
  }
}

/// A signal stopped the command; its state is saved and it has said so.
package struct Interrupted: Error {
  /// The exit code.
  package static let code: Int32 = 130

  /// A command that a signal stopped.
  package init() {}
}

private let usageCode = RecordError.Kind.usage.rawValue
