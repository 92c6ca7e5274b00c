/// An argument as a shell takes it.
///
/// - Parameter argument: Any text.
/// - Returns: The text, in quotes where it has to be.
public func shellQuoted(_ argument: String) -> String {
  let isPlain = argument.allSatisfy {
    $0.isASCII && ($0.isLetter || $0.isNumber || "_./=:,-".contains($0))
  }
  guard !isPlain || argument.isEmpty else { return argument }
  return "'"
    + argument.split(separator: "'", omittingEmptySubsequences: false)
    .joined(separator: "'\\''") + "'"
}
