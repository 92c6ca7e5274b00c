internal import ArgumentParser
internal import Experiments
internal import Reports
internal import RunRecords
internal import Settings

/// `fledge presets`.
struct Presets: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "The configurations that come with the program.",
    subcommands: [List.self, Show.self], defaultSubcommand: List.self)

  /// `fledge presets list`.
  struct List: ContextCommand {
    static let configuration = CommandConfiguration(abstract: "Name every preset.")
    @OptionGroup var output: FormatOption

    func run(in context: Context) throws {
      switch output.format {
      case .text:
        try writeStandardOutput(table(Preset.all.map { [$0.name, $0.summary] }, leading: 2))
      case .json: try writeStandardOutput(json(Preset.all.map(Entry.init)))
      }
    }
  }

  /// `fledge presets show`.
  struct Show: ContextCommand {
    static let configuration = CommandConfiguration(
      abstract: "Print a preset as a complete YAML configuration to edit.")
    @Argument(help: "The preset's name.")
    var name: String

    func run(in context: Context) throws {
      let preset = try Preset.named(name)
      var configuration = try preset.configuration.filled(
        source: preset.name, environments: context.environments)
      configuration.extends = preset.name
      // Whoever edits it names the file, and so the run.
      configuration.run.name = ""
      let heading = "\(preset.name): \(preset.summary).\nIts published curve: \(preset.command)"
      try writeStandardOutput(configuration.yaml(heading: heading))
    }
  }

  private struct Entry: Encodable {
    let name: String
    let summary: String
    let environment: String
    let command: String

    init(_ preset: Preset) {
      (name, summary, command) = (preset.name, preset.summary, preset.command)
      environment = preset.configuration.environment.name
    }
  }
}
