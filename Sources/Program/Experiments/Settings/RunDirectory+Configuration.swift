public import RunRecords

extension RunDirectory {
  /// The run's configuration.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if `config.yaml` is damaged.
  public func configuration() throws -> Configuration {
    do {
      return try Configuration(file: configurationPath)
    } catch let error as RecordError where error.kind == .usage {
      throw RecordError(.unreadable, error.message)
    }
  }
}
