internal import Glibc
internal import RunRecords

/// Writes results to standard output.
///
/// - Parameter text: With its lines' ends.
/// - Throws: `RecordError` of kind `inputOutput` if the system refuses, for example a full disk.
package func writeStandardOutput(_ text: String) throws {
  try writeStandardOutput(bytes: Array(text.utf8))
}

/// Writes a part of a result to standard output.
///
/// - Throws: `RecordError` of kind `inputOutput` if the system refuses, for example a full disk.
func writeStandardOutput(bytes: [UInt8]) throws {
  let code = write(bytes, to: STDOUT_FILENO)
  guard code == 0 else {
    throw RecordError(
      .inputOutput, "cannot write to standard output: \(String(cString: strerror(code)))")
  }
}

/// Writes diagnostics to standard error; where that fails, nobody is left to be told.
func writeStandardError(_ text: String) { _ = write(Array(text.utf8), to: STDERR_FILENO) }

/// Whether somebody watches standard error.
var standardErrorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

/// The width of the terminal on standard error, in columns.
var terminalWidth: Int {
  var size = winsize()
  let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
  return known ? Int(size.ws_col) : 80
}

/// Writes all of it and returns 0, or the system's error code.
private func write(_ bytes: [UInt8], to file: Int32) -> Int32 {
  bytes.withUnsafeBytes { buffer in
    var written = 0
    while written < buffer.count {
      let count = Glibc.write(file, buffer.baseAddress.map { $0 + written }, buffer.count - written)
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { return count < 0 ? errno : EIO }
      written += count
    }
    return 0
  }
}

/// Whether results are for people or for programs.
enum OutputFormat: String, CaseIterable {
  /// Aligned columns.
  case text
  /// One JSON document.
  case json
}
