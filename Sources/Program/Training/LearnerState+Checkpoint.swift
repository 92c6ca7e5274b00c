public import Differentiation
public import MetaLearning
public import RunRecords

extension LearnerState {
  /// The state as a file holds it: each tensor of the policy or model by its name, then what only resuming needs.
  ///
  /// - Parameters:
  ///   - layout: Names the parameters.
  ///   - facts: Further metadata, such as environment and seed.
  /// - Returns: The checkpoint, ready to be written.
  public func checkpoint(layout: ParameterLayout, facts: [String: String] = [:]) -> Checkpoint {
    var arrays = zip(layout.entries, layout.tensors(of: parameters)).map {
      NamedArray(
        policyPrefix + $0.name, shape: [$0.shape.rows, $0.shape.columns], .float($1.elements))
    }
    arrays.append(
      NamedArray(
        stepSizesName, shape: [logStepSizes.shape.rows, logStepSizes.shape.columns],
        .float(logStepSizes.elements)))
    arrays.append(NamedArray(scaleName, shape: [1], .double([advantageScale])))
    arrays.append(NamedArray(rateName, shape: [1], .double([rateShare])))
    arrays += own.filter { !$0.value.isEmpty }.sorted { $0.key < $1.key }.map {
      NamedArray($0.key, shape: [$0.value.count], .double($0.value))
    }
    arrays += replay.sorted { $0.key < $1.key }.map { task, steps in
      NamedArray(
        replayPrefix + String(task), shape: [steps.count, steps.width], .float(steps.all.elements))
    }
    arrays += optimizer.arrays("optimizer") + stepSizeOptimizer.arrays("stepSizeOptimizer")
    var metadata = facts
    metadata["format"] = checkpointFormat
    metadata["iteration"] = String(iteration)
    metadata["skippedUpdates"] = String(skippedUpdates)
    metadata["optimizer.updates"] = String(optimizer.updates)
    metadata["stepSizeOptimizer.updates"] = String(stepSizeOptimizer.updates)
    return Checkpoint(metadata: metadata, arrays: arrays)
  }

  /// Reads a state back, bit for bit.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it belongs to another policy or model or is incomplete.
  public init(
    _ checkpoint: Checkpoint, layout: ParameterLayout, settings: MetaLearningSettings
  ) throws {
    let format = try checkpoint.fact("format")
    guard format == checkpointFormat else {
      throw RecordError(
        .unreadable, "the checkpoint has format \(format.prefix(20)), expected \(checkpointFormat)")
    }
    var values: [Float] = []
    for entry in layout.entries {
      let shape = [entry.shape.rows, entry.shape.columns]
      values += try checkpoint.soundFloats(policyPrefix + entry.name, shape: shape)
    }
    let parameters = Tensor(Shape(1, values.count), values)
    self.init(parameters: parameters, layout: layout, inner: settings.inner)
    iteration = try checkpoint.countFact("iteration")
    let stepShape = logStepSizes.shape
    let steps = try checkpoint.soundFloats(
      stepSizesName, shape: [stepShape.rows, stepShape.columns])
    logStepSizes = Tensor(stepShape, steps)
    advantageScale = try checkpoint.soundDoubles(scaleName, shape: [1]).first ?? 0
    rateShare = try checkpoint.soundDoubles(rateName, shape: [1]).first ?? 1
    guard (0...1).contains(rateShare) else {
      throw RecordError(
        .unreadable, "the checkpoint's \(rateName) is \(rateShare), expected a number in 0.0...1.0")
    }
    skippedUpdates = try checkpoint.countFact("skippedUpdates")
    for (name, values) in try settings.method.initialState(settings, layout) where !values.isEmpty {
      own[name] = try checkpoint.soundDoubles(name, shape: [values.count])
    }
    if let width = try settings.method.replayWidth(settings, layout) {
      replay = try checkpoint.replay(width: width)
    }
    optimizer = try AdamState(checkpoint, "optimizer", count: values.count)
    stepSizeOptimizer = try AdamState(checkpoint, "stepSizeOptimizer", count: stepShape.count)
  }
}

extension AdamState {
  fileprivate func arrays(_ name: String) -> [NamedArray] {
    [("firstMoment", firstMoment), ("secondMoment", secondMoment)].map {
      NamedArray("\(name)/\($0)", shape: [$1.count], .float($1.elements))
    }
  }

  fileprivate init(_ checkpoint: Checkpoint, _ name: String, count: Int) throws {
    self.init(count: count)
    updates = try checkpoint.countFact("\(name).updates")
    let shape = firstMoment.shape
    firstMoment = Tensor(shape, try checkpoint.soundFloats("\(name)/firstMoment", shape: [count]))
    secondMoment = Tensor(shape, try checkpoint.soundFloats("\(name)/secondMoment", shape: [count]))
  }
}

extension Checkpoint {
  /// The steps of each task.
  fileprivate func replay(width: Int) throws -> [Int: RowQueue] {
    var replay: [Int: RowQueue] = [:]
    for array in arrays {
      guard array.name.hasPrefix(replayPrefix),
        let task = Int(array.name.dropFirst(replayPrefix.count))
      else { continue }
      let count = array.shape.first ?? 0
      guard count > 0, task >= 0 else {
        throw RecordError(
          .unreadable, "the checkpoint's \(array.name) has \(count) steps, expected a task's steps")
      }
      let values = try soundFloats(array.name, shape: [count, width])
      var steps = RowQueue(width: width)
      steps.append(Tensor(Shape(count, width), values), keeping: count)
      replay[task] = steps
    }
    return replay
  }

  /// A metadata entry that counts something.
  fileprivate func countFact(_ key: String) throws -> Int {
    let count = try integerFact(key)
    guard (0...1_000_000_000).contains(count) else {
      throw RecordError(.unreadable, "the checkpoint's \(key) is \(count), expected a count")
    }
    return count
  }
}

private let checkpointFormat = "fledge-1"
private let policyPrefix = "policy/"
private let stepSizesName = "stepSizes/logarithm"
private let replayPrefix = "replay/"
private let scaleName = "advantages/scale"
private let rateName = "rates/share"
