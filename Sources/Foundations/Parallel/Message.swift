/// What one process tells another: values one after the other, as bytes of this machine.
///
/// Both ends are the same program on processors of one byte order, and read in the order that was written.
public struct Message: Sendable {
  private(set) var bytes: [UInt8]
  private var place = 0

  /// A message to be written, or one that has arrived.
  public init(_ bytes: [UInt8] = []) { self.bytes = bytes }

  /// Writes a value.
  public mutating func write(_ value: some Transmissible) { value.write(to: &self) }

  /// Reads the next value; reading what wasn't written is a mistake of the program.
  public mutating func read<Value: Transmissible>(_ type: Value.Type = Value.self) -> Value {
    Value(from: &self)
  }

  /// Writes plain numbers.
  public mutating func write<Number: BitwiseCopyable>(numbers: UnsafeBufferPointer<Number>) {
    write(numbers.count)
    bytes.append(contentsOf: UnsafeRawBufferPointer(numbers))
  }

  /// Reads plain numbers.
  public mutating func read<Number: BitwiseCopyable>(numbers: Number.Type) -> [Number] {
    let count: Int = read()
    return [Number](unsafeUninitializedCapacity: count) { buffer, filled in
      // There may be more room than was asked for.
      copy(into: UnsafeMutableRawBufferPointer(.init(rebasing: buffer[..<count])))
      filled = count
    }
  }

  fileprivate mutating func write<Number: BitwiseCopyable>(plain value: Number) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }

  fileprivate mutating func read<Number: BitwiseCopyable & ExpressibleByIntegerLiteral>(
    plain: Number.Type
  ) -> Number {
    var value: Number = 0
    withUnsafeMutableBytes(of: &value) { copy(into: $0) }
    return value
  }

  private mutating func copy(into target: UnsafeMutableRawBufferPointer) {
    precondition(
      bytes.count - place >= target.count, "a message of \(bytes.count) bytes ends at \(place)")
    bytes.withUnsafeBytes { source in
      target.copyMemory(from: .init(rebasing: source[place..<place + target.count]))
    }
    place += target.count
  }
}

/// What can be told to another process.
public protocol Transmissible {
  /// Reads what ``write(to:)`` wrote.
  init(from message: inout Message)
  /// Writes everything that ``init(from:)`` needs.
  func write(to message: inout Message)
}

extension Int: Transmissible {
  /// Reads the number.
  public init(from message: inout Message) { self = message.read(plain: Int.self) }

  /// Writes the number.
  public func write(to message: inout Message) { message.write(plain: self) }
}

extension Float: Transmissible {
  /// Reads the number.
  public init(from message: inout Message) { self = message.read(plain: Float.self) }

  /// Writes the number.
  public func write(to message: inout Message) { message.write(plain: self) }
}

extension Double: Transmissible {
  /// Reads the number.
  public init(from message: inout Message) { self = message.read(plain: Double.self) }

  /// Writes the number.
  public func write(to message: inout Message) { message.write(plain: self) }
}

extension Bool: Transmissible {
  /// Reads the truth value.
  public init(from message: inout Message) { self = message.read(Int.self) != 0 }

  /// Writes the truth value.
  public func write(to message: inout Message) { message.write(self ? 1 : 0) }
}

extension String: Transmissible {
  /// Reads the text.
  public init(from message: inout Message) {
    self.init(decoding: message.read(numbers: UInt8.self), as: UTF8.self)
  }

  /// Writes the text.
  public func write(to message: inout Message) {
    Array(utf8).withUnsafeBufferPointer { message.write(numbers: $0) }
  }
}

extension Array: Transmissible where Element: Transmissible {
  /// Reads count and elements.
  public init(from message: inout Message) {
    self = (0..<message.read(Int.self)).map { _ in message.read() }
  }

  /// Writes count and elements.
  public func write(to message: inout Message) {
    message.write(count)
    for element in self { message.write(element) }
  }
}

extension Dictionary: Transmissible where Key == String, Value: Transmissible {
  /// Reads count and entries.
  public init(from message: inout Message) {
    self.init()
    for _ in 0..<message.read(Int.self) {
      let key: String = message.read()
      self[key] = message.read(Value.self)
    }
  }

  /// Writes count and entries.
  public func write(to message: inout Message) {
    message.write(count)
    for (key, value) in self {
      message.write(key)
      message.write(value)
    }
  }
}
