internal import MetaLearning
internal import RunRecords
internal import Settings

extension Configuration {
  /// Keys that came after checkpoints had been written without them. At their defaults they change no result,
  /// so they are left out, and those checkpoints hold.
  private static let laterKeys: Set = [
    "extends", "environment.trainingTasks", "inner.optimumTolerance", "outer.earlierEnds",
    "policy.network", "policy.parameters", "outer.parameters", "outer.curvatureShare",
    "policy.inputs", "policy.valueHead", "outer.trialEpisodes",
    "outer.minibatches", "outer.valueWeight", "outer.entropyWeight", "outer.maximumGradientNorm",
    "outer.stopKL", "outer.posteriors", "outer.decodedSteps", "outer.divergenceWeight",
    "outer.rewardWeight", "outer.transitionWeight", "policy.distribution", "outer.replaySteps",
    "outer.updates", "outer.batchTasks", "outer.batchSteps", "outer.contextSteps",
    "outer.rewardScale", "outer.targetRate", "outer.latentWeight",
  ]

  /// Keys that say where something stands, which is known by what it is, and how it is waited for.
  private static let placeKeys: Set = [
    "extends", "plugins", EnvironmentSettings.dataKey, "environment.parameters.python",
    "environment.parameters.timeout",
  ]

  private static let contentKey = "environment.content"

  /// Tells configurations with different results apart.
  public var identity: String { Self.checksum(of: resultEntries) }

  /// As ``identity``, but for what tasks are made of, which may be allowed to change.
  public var identityWithoutContent: String { Self.checksum(of: entriesWithoutContent) }

  /// What checkpoints held before content told libraries and data apart.
  public var identityWithPlaces: String {
    Self.checksum(of: decisiveEntries.filter { $0.key != Self.contentKey })
  }

  private static func checksum(of entries: [(key: String, value: String)]) -> String {
    let defaults = Set(Configuration().entries.map { "\($0.key): \($0.value)" })
    let told = entries.filter {
      !(laterKeys.contains($0.key) && defaults.contains("\($0.key): \($0.value)"))
    }
    return RunRecords.checksum(of: told.map { "\($0.key): \($0.value)\n" }.joined())
  }

  /// The first key by which results differ, but for what tasks are made of.
  ///
  /// - Parameter other: Another configuration.
  /// - Returns: The key with both values; nil where there is none.
  public func resultDifference(
    from other: Configuration
  ) -> (key: String, first: String, second: String)? {
    firstDifference(entriesWithoutContent, other.entriesWithoutContent)
  }

  /// The first key that makes two runs different methods: all but those of the run itself, and places.
  ///
  /// - Parameter other: Another run's.
  /// - Returns: The key with both values; nil where there is none.
  public func methodDifference(
    from other: Configuration
  ) -> (key: String, first: String, second: String)? {
    let entries = [self, other].map {
      $0.entries.filter { !Self.placeKeys.contains($0.key) && !$0.key.hasPrefix("run.") }
    }
    return firstDifference(entries[0], entries[1])
  }

  /// The first parameter by which two runs' environments differ, but for whether an oracle sees the task.
  ///
  /// - Parameter other: Another run's.
  /// - Returns: The key with both values; nil where there is none.
  public func environmentDifference(
    from other: Configuration
  ) -> (key: String, first: String, second: String)? {
    let entries = [self, other].map {
      $0.entries.filter {
        $0.key.hasPrefix("environment.parameters.") && !Self.placeKeys.contains($0.key)
          && $0.key != "environment.parameters.observesTask"
      }
    }
    return firstDifference(entries[0], entries[1])
  }

  /// What results depend on, but for what tasks are made of.
  private var entriesWithoutContent: [(key: String, value: String)] {
    resultEntries.filter { $0.key != Self.contentKey }
  }

  /// Without places.
  private var resultEntries: [(key: String, value: String)] {
    decisiveEntries.filter { !Self.placeKeys.contains($0.key) }
  }

  /// What results depend on and no run changes while it lasts.
  public var hyperparameterEntries: [(key: String, value: String)] {
    resultEntries.filter {
      !["outer.earlierEnds", "outer.iterations", "run.threads"].contains($0.key)
    }
  }

  /// Without what may be changed in the middle of a run, and what only its evaluation knows.
  private var decisiveEntries: [(key: String, value: String)] {
    var copy = self
    copy.run.threads = RunSettings().threads
    copy.outer.iterations = OuterSettings().iterations
    copy.outer.earlierEnds = []
    copy.extends = nil
    return copy.entries.filter { !$0.key.hasPrefix("evaluation.") }
  }
}

/// The first key whose value is another one, or that only one has.
private func firstDifference(
  _ first: [(key: String, value: String)], _ second: [(key: String, value: String)]
) -> (key: String, first: String, second: String)? {
  let values = Dictionary(second.map { ($0.key, $0.value) }) { value, _ in value }
  for (key, value) in first where values[key] != value {
    return (key, value, values[key] ?? "absent")
  }
  let known = Set(first.map(\.key))
  return second.first { !known.contains($0.key) }.map { ($0.key, "absent", $0.value) }
}

extension EnvironmentSettings {
  /// The parameter of sources that read files.
  static let dataKey = "environment.parameters.data"

  /// The folder that tasks of files are read from.
  var dataFolder: String? {
    guard case .string(let folder)? = parameters["data"] else { return nil }
    return folder
  }

  /// Reads tasks from another folder; what is in it is as it is found.
  ///
  /// - Parameter folder: Its path.
  public mutating func readData(from folder: String) {
    parameters["data"] = .string(folder)
    content = nil
  }
}
