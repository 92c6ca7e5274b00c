internal import Settings

extension Checkpoint {
  /// The largest file that is read, in bytes.
  public static let sizeLimit = 1 << 32

  private static let headerLimit = 16 << 20

  /// Reads a checkpoint and verifies its checksum.
  ///
  /// - Throws: `RecordError`: `unreadable` naming the file and what is damaged, `inputOutput` if the
  ///   system refuses to read it.
  public init(file: String) throws {
    try self.init(bytes: try Files.read(file, limit: Self.sizeLimit), source: file)
  }

  /// Reads a checkpoint from the bytes of a file and verifies its checksum.
  ///
  /// Every length, offset and shape is checked before anything of its size is allocated.
  ///
  /// - Throws: `RecordError` of kind `unreadable` naming `source` and what is damaged.
  public init(bytes: [UInt8], source: String) throws {
    do {
      let (entries, data) = try Self.split(bytes)
      self.init()
      try readMetadata(of: entries)
      let isSealed = metadata.removeValue(forKey: Self.checksumKey) != nil
      let layout = try ArrayLayout.all(in: entries, dataCount: data.count)
      arrays = layout.map { item in
        let slice = data[(data.startIndex + item.start)..<(data.startIndex + item.end)]
        return NamedArray(item.name, shape: item.shape, .init(slice, as: item.type))
      }
      guard isSealed else { throw Damage("has no checksum; it was not written by fledge") }
      guard bytes.starts(with: header(covering: [data])) else {
        throw Damage("is damaged: its checksum does not match its content")
      }
    } catch let damage as Damage {
      throw RecordError.unreadable("\(source) \(damage.message)")
    }
  }

  /// The header's entries, and the data behind it.
  private static func split(
    _ bytes: [UInt8]
  ) throws(Damage) -> ([(key: String, value: JSON)], ArraySlice<UInt8>) {
    guard bytes.count >= 8 else {
      throw Damage("is truncated: it holds \(bytes.count) bytes, not even a header's length")
    }
    let length = bytes[0..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(headerLimit) else {
      throw Damage("is damaged: a header of \(length) bytes, expected at most \(headerLimit)")
    }
    guard Int(length) <= bytes.count - 8 else {
      throw Damage("is truncated: a header of \(length) bytes, but \(bytes.count - 8) follow")
    }
    let end = 8 + Int(length)
    guard case .object(let entries)? = JSON(bytes[8..<end]) else {
      throw Damage("is damaged: its header is not a JSON object")
    }
    return (entries, bytes[end...])
  }

  private mutating func readMetadata(of header: [(key: String, value: JSON)]) throws(Damage) {
    guard let entry = header.first(where: { $0.key == metadataKey }) else { return }
    guard case .object(let facts) = entry.value else {
      throw Damage("is damaged: its metadata are not a JSON object")
    }
    for (key, value) in facts {
      guard case .text(let text) = value else {
        throw Damage("is damaged: its metadata entry \(quoted(key)) is not a text")
      }
      metadata[key] = text
    }
  }
}

/// What is wrong with a file, to follow its name in a sentence.
struct Damage: Error {
  var message: String

  init(_ message: String) { self.message = message }
}

/// Where an array lies in the data of a file, checked against the file's length.
private struct ArrayLayout {
  var name: String
  var type: ElementType
  var shape: [Int]
  var start: Int
  var end: Int

  /// The arrays of a header in the order of their data, which they must fill without gap or overlap.
  static func all(
    in header: [(key: String, value: JSON)], dataCount: Int
  ) throws(Damage) -> [ArrayLayout] {
    var layouts: [ArrayLayout] = []
    for (name, value) in header where name != metadataKey {
      layouts.append(try ArrayLayout(name, value))
    }
    var position = 0
    for layout in layouts {
      guard layout.start == position else {
        let message = "begins at byte \(layout.start) of the data, expected \(position)"
        throw Damage("is damaged: the array \(quoted(layout.name)) \(message)")
      }
      position = layout.end
    }
    guard position == dataCount else {
      let state = dataCount < position ? "truncated" : "damaged"
      throw Damage("is \(state): its data are \(dataCount) bytes long, expected \(position)")
    }
    return layouts
  }

  init(_ name: String, _ description: JSON) throws(Damage) {
    let subject = "is damaged: the array \(quoted(name))"
    guard case .object(let entries) = description, entries.count == 3 else {
      throw Damage("\(subject) is not described by dtype, shape and data_offsets")
    }
    let facts = Dictionary(entries.map { ($0.key, $0.value) }) { first, _ in first }
    guard case .text(let typeName)? = facts["dtype"], let type = ElementType(rawValue: typeName)
    else {
      let names = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
      throw Damage("\(subject) has no dtype among \(names)")
    }
    guard let shape = facts["shape"]?.counts, let count = product(shape, width: type.width) else {
      throw Damage("\(subject) has no usable shape")
    }
    guard let offsets = facts["data_offsets"]?.counts, offsets.count == 2,
      offsets[0] <= offsets[1], offsets[1] - offsets[0] == count
    else { throw Damage("\(subject) has data_offsets that don't fit its shape \(shape)") }
    self.name = name
    self.type = type
    self.shape = shape
    (start, end) = (offsets[0], offsets[1])
  }
}

/// The bytes of an array of that shape, or nil where the number overflows.
private func product(_ shape: [Int], width: Int) -> Int? {
  var result = width
  // A zero anywhere makes an empty array, but the other extents must still be multipliable.
  for extent in shape {
    let (next, overflow) = result.multipliedReportingOverflow(by: extent)
    if overflow { return nil }
    result = next
  }
  return result
}

extension JSON {
  /// The items of a list of at most 32 whole numbers, none negative.
  fileprivate var counts: [Int]? {
    guard case .list(let items) = self, items.count <= 32 else { return nil }
    let counts = items.compactMap { item -> Int? in
      if case .integer(let value) = item, value >= 0 { value } else { nil }
    }
    return counts.count == items.count ? counts : nil
  }
}
