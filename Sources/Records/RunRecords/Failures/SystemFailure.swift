internal import Glibc

/// Turns an `errno` into a one-line error that says what to do about it.
///
/// - Parameters:
///   - action: What was tried, such as `"write"`.
///   - path: The file or directory it was tried on.
///   - code: The `errno` of the failed call.
/// - Returns: An error of kind `inputOutput`; `unreadable` if there was nothing to read.
func systemFailure(_ action: String, _ path: String, code: Int32) -> RecordError {
  let kind: RecordError.Kind = code == ENOENT && action == "read" ? .unreadable : .inputOutput
  return RecordError(kind, "cannot \(action) \(path): \(explanation(of: code))")
}

/// The reason for an `errno` in a user's words, with what would help where something does.
private func explanation(of code: Int32) -> String {
  switch code {
  case ENOSPC: "no space left on the device; free some, or choose another directory"
  case EDQUOT: "the disk quota is used up; free some space, or choose another directory"
  case EACCES, EPERM: "permission denied; choose a directory that you may write to"
  case EROFS: "the file system is read-only; choose another directory"
  case ENOENT: "no such file or directory"
  case ENOTDIR: "a part of the path is not a directory"
  case EISDIR: "it is a directory, not a file"
  case ENAMETOOLONG: "the name is too long"
  case EMFILE, ENFILE: "too many open files"
  case EIO: "the device reports an input/output error"
  case EFBIG: "the file would be larger than the limit for files here"
  default: String(cString: strerror(code))
  }
}
