internal import CPlugin

/// Memory in which a library's function says what went wrong.
struct PluginCall: ~Copyable {
  private static let capacity = 1024
  private let error: UnsafeMutablePointer<fledge_error>

  init() {
    let message = UnsafeMutablePointer<CChar>.allocate(capacity: Self.capacity)
    message.initialize(repeating: 0, count: Self.capacity)
    error = .allocate(capacity: 1)
    error.initialize(to: fledge_error(message: message, capacity: Self.capacity, row: -1))
  }

  deinit {
    error.pointee.message.deallocate()
    error.deallocate()
  }

  /// What a function is handed.
  var pointer: UnsafeMutablePointer<fledge_error> { error }

  /// What the function that just failed said, and of which row; the next one starts afresh.
  func take(_ function: String) -> (message: String, row: Int?) {
    // Whoever filled all of it may have left no end.
    error.pointee.message[Self.capacity - 1] = 0
    let text = oneLine(String(cString: error.pointee.message))
    let row = Int(error.pointee.row)
    error.pointee.message[0] = 0
    error.pointee.row = -1
    return (text.isEmpty ? "\(function) failed and gave no reason" : text, row < 0 ? nil : row)
  }
}

/// The text that a function writes like snprintf; nil where it fails.
func pluginText(
  _ write: (_ memory: UnsafeMutablePointer<CChar>, _ capacity: Int) -> Int
) -> String? {
  var capacity = 4096
  while true {
    let memory = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
    memory.initialize(repeating: 0, count: capacity)
    defer { memory.deallocate() }
    let length = write(memory, capacity)
    if length <= 0 { return nil }
    if length < capacity {
      memory[length] = 0
      return String(cString: memory)
    }
    // Nothing that is looked at by people is longer; a wrong length would ask for all memory.
    guard length < 1 << 26 else { return nil }
    capacity = length + 1
  }
}
