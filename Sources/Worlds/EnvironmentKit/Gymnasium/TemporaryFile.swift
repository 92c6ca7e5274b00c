internal import Foundation

/// Makes an empty file with a name of its own, which processes that are started later don't inherit.
///
/// - Parameter directory: Where it stands.
/// - Returns: Its path and its descriptor.
/// - Throws: `SystemRefusal` with the reason.
func makeTemporaryFile(
  in directory: String
) throws(SystemRefusal) -> (path: String, descriptor: Int32) {
  var name = Array("\(directory)/fledge-XXXXXX".utf8CString)
  let descriptor = mkstemp(&name)
  guard descriptor >= 0, fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else {
    throw SystemRefusal(code: errno)
  }
  return (
    String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self), descriptor
  )
}

/// Why the operating system refused a call.
struct SystemRefusal: Error, CustomStringConvertible {
  /// The `errno` of the call.
  let code: Int32

  /// The system's own words.
  var description: String { String(cString: strerror(code)) }
}
