/// An array of a checkpoint: a name, a shape and its values in row-major order.
public struct NamedArray: Hashable, Sendable {
  /// The name, unique within its checkpoint, such as `policy/layer0/weight`.
  public var name: String

  /// The extent of each dimension; empty for a single value.
  public var shape: [Int]

  /// The values, as many as the product of the extents.
  public var values: Values

  /// The values with their type.
  public enum Values: Hashable, Sendable {
    /// 32-bit floating-point numbers (`F32`).
    case float([Float])
    /// 64-bit floating-point numbers (`F64`).
    case double([Double])
    /// Signed 64-bit integers (`I64`).
    case integer([Int64])
    /// Bytes (`U8`).
    case bytes([UInt8])

    /// How many there are.
    public var count: Int {
      switch self {
      case .float(let values): values.count
      case .double(let values): values.count
      case .integer(let values): values.count
      case .bytes(let values): values.count
      }
    }
  }

  /// Makes an array.
  ///
  /// - Parameters:
  ///   - name: The name, unique within its checkpoint.
  ///   - shape: The extent of each dimension; the product must be the number of values.
  ///   - values: The values in row-major order.
  public init(_ name: String, shape: [Int], _ values: Values) {
    precondition(
      shape.reduce(1, *) == values.count,
      "\(name): shape \(shape) needs \(shape.reduce(1, *)) values, got \(values.count)")
    self.name = name
    self.shape = shape
    self.values = values
  }
}

/// The element types that are read and written, by their names in the format.
enum ElementType: String, CaseIterable {
  case float = "F32"
  case double = "F64"
  case integer = "I64"
  case byte = "U8"

  /// Bytes per element.
  var width: Int {
    switch self {
    case .float: 4
    case .double, .integer: 8
    case .byte: 1
    }
  }
}

extension NamedArray.Values {
  var type: ElementType {
    switch self {
    case .float: .float
    case .double: .double
    case .integer: .integer
    case .bytes: .byte
    }
  }

  /// The values as little-endian bytes. Key paths in place of the closures would take many times as long, and a
  /// replay has hundreds of millions of numbers.
  var littleEndianBytes: [UInt8] {
    switch self {
    case .float(let values): littleEndian(values.map { $0.bitPattern.littleEndian })
    case .double(let values): littleEndian(values.map { $0.bitPattern.littleEndian })
    case .integer(let values): littleEndian(values.map { $0.littleEndian })
    case .bytes(let values): values
    }
  }

  /// Reads little-endian bytes, a whole number of elements long.
  init(_ bytes: ArraySlice<UInt8>, as type: ElementType) {
    switch type {
    case .float:
      self = .float(elements(bytes, UInt32.self).map { Float(bitPattern: .init(littleEndian: $0)) })
    case .double:
      self = .double(
        elements(bytes, UInt64.self).map { Double(bitPattern: .init(littleEndian: $0)) })
    case .integer:
      self = .integer(elements(bytes, Int64.self).map { Int64(littleEndian: $0) })
    case .byte:
      self = .bytes(Array(bytes))
    }
  }
}

private func littleEndian(_ values: [some FixedWidthInteger]) -> [UInt8] {
  values.withUnsafeBytes { Array($0) }
}

private func elements<Element: FixedWidthInteger & BitwiseCopyable>(
  _ bytes: ArraySlice<UInt8>, _ type: Element.Type
) -> [Element] {
  bytes.withUnsafeBytes { buffer in
    (0..<buffer.count / MemoryLayout<Element>.size).map { index in
      buffer.loadUnaligned(fromByteOffset: index * MemoryLayout<Element>.size, as: Element.self)
    }
  }
}
