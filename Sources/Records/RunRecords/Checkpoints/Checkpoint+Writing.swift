internal import Settings

extension Checkpoint {
  /// The metadata key of the checksum, which covers the header without it, and the data.
  static let checksumKey = "crc32c"

  /// The whole file as bytes.
  ///
  /// - Throws: `RecordError` of kind `fault` if two arrays share a name or a name is reserved.
  public func encoded() throws -> [UInt8] { try encodedParts().flatMap { $0 } }

  /// Writes the file in one step: after a crash the old content stands there or the new, whole.
  ///
  /// - Throws: `RecordError`: `inputOutput` if the disk is full or the system refuses, `fault` as
  ///   in `encoded`.
  public func write(to path: String) throws {
    try Files.replace(path, with: try encodedParts())
  }

  /// The header and each array's bytes.
  private func encodedParts() throws -> [[UInt8]] {
    try checkNames()
    let data = arrays.map(\.values.littleEndianBytes)
    return [header(covering: data)] + data
  }

  /// The file's beginning for these data: the header's length and the header with its checksum.
  ///
  /// A file is sound if and only if it begins with the header that its content calls for, so that
  /// any changed byte shows.
  func header(covering data: [some Sequence<UInt8>]) -> [UInt8] {
    var checksum = Checksum(headerText(checksum: nil).utf8)
    for part in data { checksum.add(part) }
    let text = Array(headerText(checksum: checksum.text).utf8)
    // Data begin at a multiple of 8 bytes, as the format advises.
    let padding = [UInt8](repeating: UInt8(ascii: " "), count: (8 - text.count % 8) % 8)
    let length = UInt64(text.count + padding.count)
    return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + text + padding
  }

  private func headerText(checksum: String?) -> String {
    JSON.object([(metadataKey, metadataObject(checksum: checksum))] + descriptions()).text
  }

  private func metadataObject(checksum: String?) -> JSON {
    var entries = metadata
    entries[Self.checksumKey] = checksum
    return .object(entries.sorted { $0.key < $1.key }.map { ($0.key, .text($0.value)) })
  }

  private func descriptions() -> [(String, JSON)] {
    var offset = 0
    return arrays.map { array in
      let end = offset + array.values.count * array.values.type.width
      defer { offset = end }
      let description = JSON.object([
        ("dtype", .text(array.values.type.rawValue)),
        ("shape", .list(array.shape.map { .integer($0) })),
        ("data_offsets", .list([.integer(offset), .integer(end)])),
      ])
      return (array.name, description)
    }
  }

  private func checkNames() throws {
    var seen: Set<String> = [metadataKey]
    for array in arrays where !seen.insert(array.name).inserted {
      throw RecordError(.fault, "two arrays of a checkpoint are named \(quoted(array.name))")
    }
    guard metadata[Self.checksumKey] == nil else {
      throw RecordError(.fault, "the metadata key \(Self.checksumKey) is the checksum's own")
    }
  }
}

/// The format's key for metadata, which no array may have.
let metadataKey = "__metadata__"
