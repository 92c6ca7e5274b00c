import RunRecords
import Testing

/// The records against the field numbers of TensorBoard's `plugin_data.proto` and `api.proto`.
@Suite("Hyperparameters for TensorBoard")
struct HyperparametersTests {
  private let hyperparameters = Hyperparameters(
    [
      ("outer.method", "adam"), ("inner.stepSize", "0.05"), ("inner.firstOrder", "true"),
      ("run.seed", "3"), ("run.name", "\"7\""), ("policy.hiddenSizes", "[8, 4]"),
      ("inner.maximumGradientNorm", "null"), ("environment.parameters.goal", "1e-3"),
    ],
    defaults: [
      ("outer.method", "trpo"), ("inner.stepSize", "0.05"), ("inner.firstOrder", "false"),
      ("run.seed", "1"), ("run.name", "null"), ("policy.hiddenSizes", "[8, 4]"),
      ("inner.maximumGradientNorm", "null"),
    ], metrics: [.init("return/afterStep1"), .init("test/return", folder: "evaluations")])

  /// The plugin's values with what their tag names: field 2, 3 or 4 of its data.
  private func records(in directory: String) throws -> [(tag: String, data: WireMessage)] {
    try wireEvents(in: directory).flatMap { $0[5] }.flatMap { $0[1] }.compactMap { value in
      guard let plugin = value[9].first?[1].first, let tag = value.texts(1).first else {
        return nil
      }
      #expect(plugin.texts(1) == ["hparams"])
      // Version 0 is left out, as every 0 is.
      let content = try #require(plugin[2].first)
      #expect(content.fields.count == 1)
      let numbers = [
        "_hparams_/experiment": 2, "_hparams_/session_start_info": 3,
        "_hparams_/session_end_info": 4,
      ]
      return (tag, try #require(content[numbers[tag, default: 0]].first))
    }
  }

  @Test("A run begins with its values: numbers as numbers, flags as flags, all else as texts")
  func values() throws {
    try withTemporaryDirectory { directory in
      var file = try EventsFile(directory: directory, cutBackTo: 0)
      try file.append(hyperparameters)
      let records = try records(in: directory)
      #expect(
        records.map(\.tag) == ["_hparams_/experiment", "_hparams_/session_start_info"])
      let start = try #require(records.last).data
      var found: [String: WireMessage] = [:]
      for entry in start[1] { found[entry.texts(1)[0]] = entry[2].first }
      #expect(found.count == 8)
      let numbers = [
        "inner.stepSize": 0.05, "run.seed": 3, "environment.parameters.goal": 0.001,
      ]
      for (key, value) in numbers { #expect(found[key]?.numbers(2) == [value.bitPattern]) }
      let texts = [
        "outer.method": "adam", "run.name": "7", "policy.hiddenSizes": "[8, 4]",
        "inner.maximumGradientNorm": "null",
      ]
      for (key, value) in texts { #expect(found[key]?.texts(3) == [value]) }
      #expect(found["inner.firstOrder"]?.numbers(4) == [1])
      #expect(Double(bitPattern: try #require(start.numbers(5).first)) > 1.7e9)
    }
  }

  @Test("The columns are all keys, those that aren't at their default first, and the metrics")
  func columns() throws {
    try withTemporaryDirectory { directory in
      var file = try EventsFile(directory: directory, cutBackTo: 0)
      try file.append(hyperparameters)
      let experiment = try #require(try records(in: directory).first).data
      let infos = experiment[4]
      #expect(
        infos.flatMap { $0.texts(1) } == [
          "outer.method", "inner.stepSize", "inner.firstOrder", "run.seed", "run.name",
          "policy.hiddenSizes", "inner.maximumGradientNorm", "environment.parameters.goal",
        ])
      // 1 is a text, 2 a flag, 3 a number.
      #expect(infos.flatMap { $0.numbers(4) } == [1, 3, 2, 3, 1, 1, 1, 3])
      #expect(
        infos.map { $0.numbers(7) == [1] }
          == [true, false, true, true, true, false, false, false])
      let metrics = experiment[5].flatMap { $0[1] }
      #expect(metrics.map { $0.texts(2) } == [["return/afterStep1"], ["test/return"]])
      #expect(metrics.map { $0.texts(1) } == [[], ["evaluations"]])
    }
  }

  @Test(
    "A run that goes on keeps its values, and ends anew",
    arguments: [
      (.finished, 1), (.failed, 2), (.running, 3), (.interrupted, 0),
    ] as [(RunFacts.Status, UInt64)])
  func goingOn(status: RunFacts.Status, number: UInt64) throws {
    try withTemporaryDirectory { directory in
      let metrics = {
        IterationMetrics(iteration: $0, seconds: 1, environmentSteps: 1, returns: [])
      }
      // The second time as if a checkpoint had been lost, and the third as if nothing were left to do.
      for (iteration, isNew) in [(0, true), (1, true), (2, false)] {
        var file = try EventsFile(directory: directory, cutBackTo: iteration)
        try file.append(hyperparameters)
        if isNew { for next in iteration + 1...2 { try file.append(metrics(next)) } }
        try file.append(end: status, iteration: 2)
        let records = try records(in: directory)
        #expect(
          records.map(\.tag) == [
            "_hparams_/experiment", "_hparams_/session_start_info", "_hparams_/session_end_info",
          ])
        let end = try #require(records.last).data
        #expect(end.numbers(1) == (number == 0 ? [] : [number]))
        #expect(Double(bitPattern: try #require(end.numbers(2).first)) > 1.7e9)
        // The format's version, the values, two iterations and the end.
        #expect(try wireEvents(in: directory).count == 5)
      }
    }
  }

  @Test("A run that was begun without its values gets them when it goes on")
  func older() throws {
    try withTemporaryDirectory { directory in
      do {
        var file = try EventsFile(directory: directory, cutBackTo: 0)
        try file.append([("loss", 1)], step: 1)
      }
      var file = try EventsFile(directory: directory, cutBackTo: 1)
      try file.append(hyperparameters)
      #expect(try records(in: directory).count == 2)
      #expect(try wireEvents(in: directory).count == 3)
    }
  }
}
