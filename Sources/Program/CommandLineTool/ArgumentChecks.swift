internal import ArgumentParser
internal import RunRecords
internal import Settings

// What the parser lets pass, and nobody means.

/// Refuses an option that is given twice: the parser would take the last one without a word.
///
/// - Parameter arguments: Of the command line.
/// - Throws: `RecordError` of kind `usage`.
func requireOptionsOnce(_ arguments: [String]) throws {
  var values: [String: String] = [:]
  let options = arguments.prefix { $0 != "--" }
  for (index, argument) in options.enumerated() where argument.hasPrefix("--") {
    let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
    let next = index + 1 < options.count ? options[index + 1] : ""
    let value = parts.count == 2 ? parts[1] : next
    // Of those that may be repeated, a key has one value.
    let name =
      switch parts[0] {
      case "--set": "--set " + (value.split(separator: "=").first ?? "")
      case "--plugin", "--only", "--tracker": parts[0] + " " + value
      case "--shots": "--episodes"
      default: parts[0]
      }
    if values.updateValue(value, forKey: name) != nil {
      throw RecordError(.usage, "\(name) is given twice; give it once")
    }
  }
}

/// Refuses help about what is no command.
///
/// - Parameter arguments: Of the command line.
/// - Throws: `ValidationError` that names the nearest command.
func requireKnownHelpTopic(_ arguments: [String]) throws {
  guard arguments.first == "help" else { return }
  var command: any ParsableCommand.Type = Fledge.self
  for topic in arguments.dropFirst() where !topic.hasPrefix("-") {
    let commands = command.configuration.subcommands
    guard let next = commands.first(where: { commandName($0) == topic }) else {
      let names = commands.map(commandName)
      let advice =
        nearestName(to: topic, among: names).map { "did you mean '\($0)'?" }
        ?? (names.isEmpty
          ? "it has no commands below" : "expected \(names.joined(separator: ", "))")
      throw ValidationError("'\(topic)' is no help topic; \(advice)")
    }
    command = next
  }
}

/// A command's name on the command line.
func commandName(_ command: any ParsableCommand.Type) -> String {
  command.configuration.commandName ?? "\(command)".lowercased()
}
