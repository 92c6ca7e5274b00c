extension RunDirectory {
  /// The directory of evaluation results.
  public var evaluationsPath: String { path + "/evaluations" }

  /// The directory of what was chosen of how the run adapts.
  public var adaptationPath: String { path + "/adaptation" }

  /// The configuration as it is written.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if there is none.
  public func configurationText() throws -> String {
    String(decoding: try Files.read(configurationPath, limit: 1 << 24), as: UTF8.self)
  }

  /// Replaces `config.yaml` in one step.
  ///
  /// - Throws: `RecordError` of kind `inputOutput`; the old file stays.
  public func write(configuration yaml: String) throws {
    try Files.replace(configurationPath, with: [Array(yaml.utf8)])
  }

  /// Reads the result of an evaluation.
  ///
  /// - Parameter name: The file's name without its ending.
  /// - Returns: One JSON document, nil if there is none that can be read.
  public func evaluation(name: String) -> String? { document(name, in: evaluationsPath) }

  /// Reads what was chosen of how the run adapts, as ``evaluation(name:)`` does.
  public func adaptation(name: String) -> String? { document(name, in: adaptationPath) }

  private func document(_ name: String, in directory: String) -> String? {
    (try? Files.read("\(directory)/\(name).json", limit: 1 << 30)).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// Writes the result of an evaluation, in place of an earlier one of that name.
  ///
  /// - Parameters:
  ///   - json: One JSON document.
  ///   - name: The file's name without its ending.
  /// - Returns: The file's path.
  /// - Throws: `RecordError` of kind `inputOutput`; an earlier file stays.
  @discardableResult
  public func write(evaluation json: String, name: String) throws -> String {
    try write(json, name, in: evaluationsPath)
  }

  /// Writes what was chosen of how the run adapts, as ``write(evaluation:name:)`` does.
  @discardableResult
  public func write(adaptation json: String, name: String) throws -> String {
    try write(json, name, in: adaptationPath)
  }

  private func write(_ json: String, _ name: String, in directory: String) throws -> String {
    try Files.makeDirectory(directory)
    let file = "\(directory)/\(name).json"
    try Files.replace(file, with: [Array(json.utf8)])
    return file
  }
}
