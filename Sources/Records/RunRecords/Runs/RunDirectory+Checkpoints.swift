extension RunDirectory {
  /// A checkpoint's file by its iteration.
  ///
  /// - Parameter iteration: The meta-iteration after which it was written.
  /// - Returns: A path such as `runs/a-1/checkpoints/000100.safetensors`.
  public func checkpointPath(_ iteration: Int) -> String {
    let digits = String(iteration)
    let padding = String(repeating: "0", count: max(0, 6 - digits.count))
    return "\(checkpointsPath)/\(padding)\(digits)\(checkpointEnding)"
  }

  /// The iterations that have a checkpoint, newest first; nothing is read.
  ///
  /// - Throws: `RecordError` of kind `inputOutput` if the directory can't be read.
  public func checkpointIterations() throws -> [Int] {
    guard Files.isDirectory(checkpointsPath) else { return [] }
    return try Files.names(in: checkpointsPath).compactMap { self.iteration(ofFile: $0) }.sorted(
      by: >)
  }

  /// Writes the checkpoint of an iteration in one step, then removes all but the last `keep`.
  ///
  /// - Parameters:
  ///   - checkpoint: The state after the iteration.
  ///   - iteration: The meta-iteration.
  ///   - keep: How many of the newest checkpoints stay; nil for all.
  ///   - protected: Iterations that stay in any case, such as the best on validation tasks.
  /// - Throws: `RecordError` of kind `inputOutput`; the earlier checkpoints then stay.
  public func write(
    _ checkpoint: Checkpoint, iteration: Int, keep: Int? = nil, protected: Set<Int> = []
  ) throws {
    try checkpoint.write(to: checkpointPath(iteration))
    guard let keep else { return }
    let older = try checkpointIterations().filter { $0 <= iteration }
    for old in older.dropFirst(max(1, keep)) where !protected.contains(old) {
      try Files.remove(checkpointPath(old))
    }
  }

  /// Reads the checkpoint of an iteration.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it is missing or damaged.
  public func checkpoint(_ iteration: Int) throws -> Checkpoint {
    let path = checkpointPath(iteration)
    guard Files.exists(path) else {
      let known = try checkpointIterations().reversed().map(String.init).joined(separator: ", ")
      let offer = known.isEmpty ? "the run has none yet" : "there are \(known)"
      throw RecordError.unreadable("\(path): no such checkpoint; \(offer)")
    }
    return try Checkpoint(file: path)
  }

  /// The newest checkpoint that is sound, with what is wrong with the newer ones.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if there is none, naming the newest one's damage.
  public func newestCheckpoint() throws -> SoundCheckpoint {
    var damaged: [RecordError] = []
    for iteration in try checkpointIterations() {
      do {
        let checkpoint = try checkpoint(iteration)
        return SoundCheckpoint(iteration: iteration, checkpoint: checkpoint, damaged: damaged)
      } catch let error as RecordError where error.kind == .unreadable {
        damaged.append(error)
      }
    }
    guard let first = damaged.first else {
      throw RecordError.unreadable("\(checkpointsPath): holds no checkpoint")
    }
    throw RecordError.unreadable("\(first.message); no earlier checkpoint is sound")
  }

  /// Removes checkpoints after an iteration: those of a future that a resumed run takes anew.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`.
  public func removeCheckpoints(after iteration: Int) throws {
    for newer in try checkpointIterations() where newer > iteration {
      try Files.remove(checkpointPath(newer))
    }
  }

  private func iteration(ofFile name: String) -> Int? {
    guard name.hasSuffix(checkpointEnding) else { return nil }
    let digits = name.dropLast(checkpointEnding.count)
    guard digits.count >= 6, digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(digits)
  }
}

/// A checkpoint that passed its checksum.
public struct SoundCheckpoint: Sendable {
  /// The meta-iteration after which it was written.
  public let iteration: Int

  /// The state.
  public let checkpoint: Checkpoint

  /// What is wrong with each newer checkpoint, newest first; tell the user.
  public let damaged: [RecordError]
}

private let checkpointEnding = ".safetensors"
