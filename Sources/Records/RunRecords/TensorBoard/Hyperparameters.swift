internal import Settings
internal import SwiftProtobuf

/// A run's hyperparameters and what it is judged by, as the HPARAMS tab of TensorBoard lists them.
///
/// Its plugin reads three records: `experiment`, the columns of the table, taken from whichever run comes
/// first; `session_start_info`, the values of a run; and `session_end_info`, how the run ended.
public struct Hyperparameters: Sendable {
  /// A scalar of the run's events.
  public struct Metric: Sendable {
    let name: String
    let folder: String

    /// - Parameters:
    ///   - name: The name under which TensorBoard shows it.
    ///   - folder: The folder of its events within the run's directory, empty for the run's own.
    public init(_ name: String, folder: String = "") {
      self.name = name
      self.folder = folder
    }
  }

  private let values: [(key: String, value: ParameterValue)]
  /// Keys whose value is not the default, which the table shows first.
  private let changed: Set<String>
  private let metrics: [Metric]

  /// What a run is listed with.
  ///
  /// - Parameters:
  ///   - entries: Key paths with their values as they are written (``Settings/entries``).
  ///   - defaults: Key paths with the values that they have in a run that changes nothing.
  ///   - metrics: What the run is judged by.
  public init(
    _ entries: [(key: String, value: String)], defaults: [(key: String, value: String)],
    metrics: [Metric]
  ) {
    values = entries.map { ($0.key, ParameterValue(written: $0.value)) }
    let usual = Dictionary(defaults.map { ($0.key, $0.value) }) { $1 }
    changed = Set(entries.filter { usual[$0.key, default: $0.value] != $0.value }.map(\.key))
    self.metrics = metrics
  }

  /// The records at a run's beginning.
  var beginning: TensorBoardEvent {
    var experiment = TensorBoardExperiment()
    experiment.hparamInfos = values.map { key, value in
      .with {
        $0.name = key
        $0.type = value.dataType
        $0.differs = changed.contains(key)
      }
    }
    experiment.metricInfos = metrics.map { metric in
      .with {
        $0.name.tag = metric.name
        $0.name.group = metric.folder
      }
    }
    var start = TensorBoardSessionStartInfo()
    start.hparams = Dictionary(values.map { ($0.key, $0.value.message) }) { $1 }
    start.startTimeSecs = wallTime()
    return event([.experiment(experiment), .sessionStartInfo(start)], step: 0)
  }

  /// The record at a run's end; TensorBoard has no word for an interruption, after which a run may go on.
  static func end(_ status: RunFacts.Status, step: Int) -> TensorBoardEvent {
    var end = TensorBoardSessionEndInfo()
    end.endTimeSecs = wallTime()
    end.status =
      switch status {
      case .running: .running
      case .finished: .success
      case .interrupted: .unknown
      case .failed: .failure
      }
    return event([.sessionEndInfo(end)], step: step)
  }
}

extension TensorBoardEvent {
  /// Whether it is the beginning of a run with its hyperparameters.
  var beginsSession: Bool { has(tag: .sessionStartInfo(.init())) }
  /// Whether it is the end of a run.
  var endsSession: Bool { has(tag: .sessionEndInfo(.init())) }

  private func has(tag data: TensorBoardHParamsPluginData.OneOf_Data) -> Bool {
    summary.value.contains { $0.tag == data.tag }
  }
}

extension TensorBoardHParamsPluginData.OneOf_Data {
  /// The name under which the plugin looks for it.
  fileprivate var tag: String {
    switch self {
    case .experiment: "_hparams_/experiment"
    case .sessionStartInfo: "_hparams_/session_start_info"
    case .sessionEndInfo: "_hparams_/session_end_info"
    }
  }
}

extension ParameterValue {
  /// What a value of a configuration stands for; null and a mapping are texts.
  fileprivate init(written text: String) {
    let node = try? SettingsNode(yaml: text, source: "")
    self = node.flatMap { ParameterValue($0) } ?? .string(text)
  }

  fileprivate var dataType: TensorBoardDataType {
    switch self {
    case .number, .integer: .float64
    case .boolean: .bool
    case .string, .array, .object: .string
    }
  }

  fileprivate var message: Google_Protobuf_Value {
    switch self {
    case .number(let value): .init(numberValue: value)
    case .integer(let value): .init(numberValue: Double(value))
    case .boolean(let value): .init(boolValue: value)
    case .string(let value): .init(stringValue: value)
    case .array, .object: .init(stringValue: yaml)
    }
  }
}

/// Values of the plugin as one record.
private func event(
  _ data: [TensorBoardHParamsPluginData.OneOf_Data], step: Int
) -> TensorBoardEvent {
  var event = TensorBoardEvent()
  event.wallTime = wallTime()
  event.step = Int64(step)
  event.summary.value = data.map { data in
    var value = TensorBoardSummary.Value()
    value.tag = data.tag
    value.metadata.pluginData.pluginName = "hparams"
    value.metadata.pluginData.content.data = data
    return value
  }
  return event
}
