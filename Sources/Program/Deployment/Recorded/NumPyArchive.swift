internal import RunRecords

// What `numpy.savez` writes: a zip file of arrays, stored as they are.
extension EpisodeColumns {
  /// Reads an archive with an array for each column.
  init(numpyArchive bytes: [UInt8]) throws(EpisodeDamage) {
    columns = [:]
    for (name, content) in try Self.members(of: bytes) {
      let key = name.hasSuffix(".npy") ? String(name.dropLast(4)) : name
      guard Self.names.contains(key) else { continue }
      guard columns[key] == nil else { throw EpisodeDamage("has \(key) twice") }
      columns[key] = try Column(npy: content, key)
    }
  }

  /// The members of a zip file, by its central directory.
  private static func members(
    of bytes: [UInt8]
  ) throws(EpisodeDamage) -> [(name: String, content: ArraySlice<UInt8>)] {
    let reader = LittleEndian(bytes)
    let damage = EpisodeDamage("is no NumPy archive, or is truncated")
    // The end record is 22 bytes long, with a comment of at most 64 KiB behind it.
    let ends = stride(
      from: bytes.count - 22, through: max(0, bytes.count - 22 - 65_535), by: -1)
    guard bytes.count >= 22, let end = ends.first(where: { reader.word($0) == 0x0605_4B50 }),
      let count = reader.half(end + 10), var place = reader.word(end + 16)
    else { throw damage }
    var members: [(name: String, content: ArraySlice<UInt8>)] = []
    for _ in 0..<count {
      guard reader.word(place) == 0x0201_4B50, let method = reader.half(place + 10),
        let size = reader.word(place + 20), let nameLength = reader.half(place + 28),
        let extra = reader.half(place + 30), let comment = reader.half(place + 32),
        let local = reader.word(place + 42), let name = reader.bytes(place + 46, nameLength),
        reader.word(local) == 0x0403_4B50, let localName = reader.half(local + 26),
        let localExtra = reader.half(local + 28)
      else { throw damage }
      guard method == 0 else {
        throw EpisodeDamage(
          "is compressed; save it with numpy.savez, which stores arrays as they are")
      }
      guard let content = reader.bytes(local + 30 + localName + localExtra, size) else {
        throw damage
      }
      members.append((String(decoding: name, as: UTF8.self), content))
      place += 46 + nameLength + extra + comment
    }
    return members
  }
}

extension EpisodeColumns.Column {
  /// Reads an array of NumPy's format, of one or two dimensions.
  init(npy bytes: ArraySlice<UInt8>, _ name: String) throws(EpisodeDamage) {
    let damage = EpisodeDamage("has \(name) that are no array of NumPy's")
    let reader = LittleEndian(bytes)
    let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
    guard bytes.starts(with: magic), let major = bytes.dropFirst(6).first,
      let length = major == 1 ? reader.half(8) : reader.word(8),
      let text = reader.bytes(major == 1 ? 10 : 12, length)
    else { throw damage }
    let header = String(decoding: text, as: UTF8.self)
    guard let type = Self.entry("descr", of: header)?.filter({ $0 != "'" }),
      Self.entry("fortran_order", of: header) == "False",
      let shape = Self.shape(in: header)
    else {
      throw EpisodeDamage("has \(name) without a type and a shape, or in Fortran's order")
    }
    guard (1...2).contains(shape.count), let width = shape.count == 1 ? 1 : shape.last, width > 0
    else {
      throw EpisodeDamage("has \(name) of \(shape.count) dimensions, expected 1 or 2")
    }
    let (count, isTooMany) = shape[0].multipliedReportingOverflow(by: width)
    let start = (major == 1 ? 10 : 12) + length
    guard !isTooMany, let values = reader.values(start, count, type: type) else {
      throw EpisodeDamage(
        "has \(name) of type \(type.prefix(8)) or length that can't be read, expected float32, float64, "
          + "integers or bool")
    }
    self.init(width: width, values: values)
  }

  /// What stands behind a key of the header, up to the next comma.
  private static func entry(_ key: String, of header: String) -> String? {
    guard let found = header.firstRange(of: "'\(key)':") else { return nil }
    return String(
      header[found.upperBound...].prefix { $0 != "," && $0 != "}" }.filter { $0 != " " })
  }

  private static func shape(in header: String) -> [Int]? {
    guard let found = header.firstRange(of: "'shape':"),
      let open = header[found.upperBound...].firstIndex(of: "("),
      let close = header[open...].firstIndex(of: ")")
    else { return nil }
    let parts = header[header.index(after: open)..<close].split(separator: ",")
      .map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
    let sizes = parts.compactMap { Int($0) }.filter { $0 >= 0 }
    return sizes.count == parts.count ? sizes : nil
  }
}

/// Numbers in bytes, the low ones first; nil beyond the end.
private struct LittleEndian {
  private let content: ArraySlice<UInt8>

  init(_ bytes: some RandomAccessCollection<UInt8>) { content = ArraySlice(bytes) }

  func bytes(_ place: Int, _ count: Int) -> ArraySlice<UInt8>? {
    guard place >= 0, count >= 0, place <= content.count, count <= content.count - place else {
      return nil
    }
    let start = content.startIndex + place
    return content[start..<start + count]
  }

  private func number(_ place: Int, _ count: Int) -> UInt64? {
    bytes(place, count)?.reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  func half(_ place: Int) -> Int? { number(place, 2).map { Int($0) } }
  func word(_ place: Int) -> Int? { number(place, 4).map { Int($0) } }

  /// Numbers of a type of NumPy's.
  func values(_ place: Int, _ count: Int, type: String) -> [Double]? {
    let read: (width: Int, value: (UInt64) -> Double)
    switch type {
    case "<f4": read = (4, { Double(Float(bitPattern: UInt32($0))) })
    case "<f8": read = (8, { Double(bitPattern: $0) })
    case "<i4": read = (4, { Double(Int32(bitPattern: UInt32($0))) })
    case "<i8": read = (8, { Double(Int64(bitPattern: $0)) })
    case "|b1", "|u1": read = (1, { Double($0) })
    default: return nil
    }
    guard count <= content.count, bytes(place, count * read.width) != nil else { return nil }
    return (0..<count).map { read.value(number(place + $0 * read.width, read.width) ?? 0) }
  }
}
