internal import Settings

/// What a run needs to go on, or a policy to be evaluated: named arrays with string metadata.
///
/// On disk it is a safetensors file: 8 bytes of header length, a JSON header, the arrays' bytes.
/// Python's `safetensors` package reads it. A CRC-32C over header and data stands in the metadata
/// and is verified on reading.
public struct Checkpoint: Hashable, Sendable {
  /// Facts about the state: counters, names, versions, hashes.
  public var metadata: [String: String]

  /// The arrays, in the order in which they are written.
  public var arrays: [NamedArray]

  /// Makes a checkpoint; names of arrays must differ from one another.
  public init(metadata: [String: String] = [:], arrays: [NamedArray] = []) {
    self.metadata = metadata
    self.arrays = arrays
  }

  /// The array of that name, or nil.
  public subscript(name: String) -> NamedArray? { arrays.first { $0.name == name } }

  /// The values of an array of 32-bit numbers.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it is missing or of another type or shape.
  public func floats(_ name: String, shape: [Int]) throws -> [Float] {
    guard case .float(let values) = try array(name, .float, shape: shape).values else { return [] }
    return values
  }

  /// The values of an array of 64-bit numbers.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it is missing or of another type or shape.
  public func doubles(_ name: String, shape: [Int]) throws -> [Double] {
    guard case .double(let values) = try array(name, .double, shape: shape).values else {
      return []
    }
    return values
  }

  /// The values of an array of 32-bit numbers, which have to be finite.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it is missing, of another type or shape, or has a number that isn't.
  public func soundFloats(_ name: String, shape: [Int]) throws -> [Float] {
    let values = try floats(name, shape: shape)
    guard let place = values.firstIndex(where: { !$0.isFinite }) else { return values }
    throw RecordError(
      .unreadable,
      "the checkpoint's \(name) has \(values[place]) at \(place), expected finite numbers")
  }

  /// The values of an array of 64-bit numbers, which have to be finite.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it is missing, of another type or shape, or has a number that isn't.
  public func soundDoubles(_ name: String, shape: [Int]) throws -> [Double] {
    let values = try doubles(name, shape: shape)
    guard let place = values.firstIndex(where: { !$0.isFinite }) else { return values }
    throw RecordError(
      .unreadable,
      "the checkpoint's \(name) has \(values[place]) at \(place), expected finite numbers")
  }

  /// A metadata entry.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it is missing.
  public func fact(_ key: String) throws -> String {
    guard let value = metadata[key] else {
      throw RecordError.unreadable("the checkpoint's metadata lack \(quoted(key))")
    }
    return value
  }

  /// A metadata entry that is an integer.
  ///
  /// - Throws: `RecordError` of kind `unreadable` if it is missing or no integer.
  public func integerFact(_ key: String) throws -> Int {
    let text = try fact(key)
    guard let value = Int(text) else {
      let message = "the checkpoint's metadata have \(key) \(quoted(text)), expected an integer"
      throw RecordError.unreadable(message)
    }
    return value
  }

  private func array(_ name: String, _ type: ElementType, shape: [Int]) throws -> NamedArray {
    guard let array = self[name] else {
      throw RecordError.unreadable("the checkpoint has no array \(quoted(name, limit: 100))")
    }
    guard array.values.type == type, array.shape == shape else {
      let found = "\(array.values.type.rawValue) of shape \(array.shape)"
      let message = "the checkpoint's \(quoted(name, limit: 100)) is \(found), "
      throw RecordError.unreadable(message + "expected \(type.rawValue) of shape \(shape)")
    }
    return array
  }
}
