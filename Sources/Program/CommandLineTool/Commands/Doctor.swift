internal import ArgumentParser
internal import Drawing
internal import EnvironmentKit
internal import Experiments
internal import Foundation
internal import Reports
internal import Training

/// `fledge doctor`.
struct Doctor: ContextCommand {
  static let configuration = CommandConfiguration(
    abstract: "What was found on this machine, and which optional tools are missing.")
  @OptionGroup var output: FormatOption

  func run(in context: Context) throws {
    let report = Report(
      versions: versions().merging(["cairo": cairoVersion]) { $1 }, processes: Together.description,
      cores: availableProcessors,
      memoryBytes: ProcessInfo.processInfo.physicalMemory,
      environments: context.environments.definitions.map(\.name), tools: Tool.all)
    try writeStandardOutput(output.format == .json ? json(report) : report.text)
  }

  /// What the command tells.
  struct Report: Encodable {
    let versions: [String: String]
    let processes: String
    let cores: Int
    let memoryBytes: UInt64
    let environments: [String]
    let tools: [Tool]

    /// The report for people.
    var text: String {
      let facts = [
        ["fledge", versions["fledge"] ?? ""], ["Swift", versions["swift"] ?? ""],
        ["linear algebra", versions["linearAlgebra"] ?? ""],
        ["vector units", versions["vectorUnits"] ?? ""], ["vector math", "SLEEF"],
        ["several processes", processes],
        ["pictures", "Cairo \(versions["cairo"] ?? "")"],
        ["cores", "\(cores)"], ["memory", "\(fixed(Double(memoryBytes) / 1e9, 1)) GB"],
        ["environments", environments.joined(separator: ", ")],
      ]
      let found = tools.map { tool in
        [tool.name, tool.path ?? "missing; \(tool.remedy)", "(\(tool.purpose))"]
      }
      return table(facts, leading: 2) + "\noptional tools\n" + table(found, leading: 3)
    }
  }

  /// A program or package that other programs' users may want beside this one.
  struct Tool: Encodable {
    let name: String
    let purpose: String
    let remedy: String
    let path: String?

    init(_ name: String, at path: String?, for purpose: String, remedy: String) {
      (self.name, self.path, self.purpose, self.remedy) = (name, path, purpose, remedy)
    }

    init(_ tool: ExternalTool, for purpose: String) {
      self.init(tool.name, at: tool.path, for: purpose, remedy: tool.remedy)
    }

    static var all: [Tool] {
      let modules: [(name: String, packages: String, purpose: String)] = [
        ("gymnasium", "gymnasium", "environments of Gymnasium"),
        ("mujoco", "'gymnasium[mujoco]'", "the presets mujoco-..."),
        ("metaworld", "metaworld packaging", "the presets metaworld-..."),
        ("wandb", "wandb", "train --tracker wandb"), ("mlflow", "mlflow", "train --tracker mlflow"),
        ("pyarrow", "pyarrow", "export-metrics --format parquet"),
      ]
      let locations = pythonModuleLocations(modules.map(\.name))
      return [
        Tool(.gnuplot, for: "figures of reports"), Tool(.ffmpeg, for: "films"),
        Tool(
          ExternalTool(name: "tensorboard", remedy: "pip install tensorboard"),
          for: "curves of runs"),
        python,
      ]
        + modules.map {
          Tool(
            $0.name, at: locations[$0.name], for: $0.purpose,
            remedy: "\(defaultPython) -m pip install \($0.packages)")
        }
    }

    /// The interpreter that environments of Gymnasium use, which FLEDGE_PYTHON may name.
    private static var python: Tool {
      let purpose = "reading checkpoints, environments of Gymnasium"
      guard defaultPython != "python3" else {
        return Tool(
          ExternalTool(name: "python3", remedy: "apt-get install python3"), for: purpose)
      }
      let isPath = defaultPython.contains("/")
      let isThere = FileManager.default.isExecutableFile(atPath: defaultPython)
      let named = ExternalTool(
        name: defaultPython,
        remedy: "FLEDGE_PYTHON names \(defaultPython), which is no program; install Python there")
      return Tool(
        "python3", at: isPath ? (isThere ? defaultPython : nil) : named.path, for: purpose,
        remedy: named.remedy)
    }
  }
}

/// The version for `--version`.
var versionText: String { fledgeVersion }
