package import Foundation

/// The innermost directory around this program's own file that is fit for something.
///
/// - Parameter isFit: Asked of each directory, from the one that holds the program outwards.
/// - Returns: The directory; nil where none is.
package func directoryAroundProgram(where isFit: (URL) -> Bool) -> URL? {
  var directory = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
  while directory.path != "/" {
    directory.deleteLastPathComponent()
    if isFit(directory) { return directory }
  }
  return nil
}
