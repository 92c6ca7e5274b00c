internal import EnvironmentKit
internal import Foundation

/// A character of an alphabet, with everyone's drawing of it.
struct DrawnCharacter: Sendable {
  /// The name of the alphabet's folder.
  let alphabet: String
  /// The name of the character's folder.
  let name: String
  /// The share of ink in 255ths of each drawing, `[row, column]`.
  let drawings: [[UInt8]]
}

/// A folder in Omniglot's layout, `alphabet/character/drawing.png`.
///
/// Everything is taken in the order of its name, as file systems keep none. Hidden files, files that
/// aren't PNG files by their name, and files where folders are looked for are passed over.
struct DrawingFolder {
  /// Where it is.
  let path: String
  /// The parameter that named it, for errors.
  let key: String

  /// The greatest size of a file that is read, in bytes: 4096 x 4096 pixels of four bytes.
  private static let maximumFileSize = 1 << 26

  /// The alphabets in it.
  ///
  /// - Throws: `EnvironmentError` that names a folder that isn't there or can't be read.
  func alphabets() throws(EnvironmentError) -> [String] {
    guard Self.isFolder(path) else {
      throw EnvironmentError("'\(path)' is not a folder; '\(key)' must name one", key: key)
    }
    return try folders(in: path)
  }

  /// Reads the drawings of an alphabet.
  ///
  /// - Parameters:
  ///   - alphabet: One of ``alphabets()``.
  ///   - side: The pixels of each side of the drawings, once they are resampled.
  ///   - minimum: The drawings that a character needs at least.
  /// - Returns: The characters in the order of their names.
  /// - Throws: `EnvironmentError` that names a folder with too few drawings or a file that can't be read.
  func characters(
    of alphabet: String, side: Int, atLeast minimum: Int
  ) throws(EnvironmentError) -> [DrawnCharacter] {
    var characters: [DrawnCharacter] = []
    for name in try folders(in: "\(path)/\(alphabet)") {
      let folder = "\(path)/\(alphabet)/\(name)"
      let files = try contents(of: folder).filter { $0.lowercased().hasSuffix(".png") }
      guard files.count >= minimum else {
        throw EnvironmentError(
          "'\(folder)' has \(files.count) drawings; 'queryExamples' and one shot need \(minimum)",
          key: "queryExamples")
      }
      var drawings: [[UInt8]] = []
      for file in files { drawings.append(try picture("\(folder)/\(file)").averaged(to: side)) }
      characters.append(DrawnCharacter(alphabet: alphabet, name: name, drawings: drawings))
    }
    return characters
  }

  private func picture(_ file: String) throws(EnvironmentError) -> InkPicture {
    do {
      return try InkPicture(png: Self.bytes(of: file))
    } catch {
      throw EnvironmentError("'\(file)' can't be read: \(error.message)", key: key)
    }
  }

  /// Reads a file, unless it has no end or no bottom: a pipe, a device, or one of gigabytes.
  private static func bytes(of path: String) throws(EnvironmentError) -> [UInt8] {
    // A pipe would keep its opener waiting for somebody to write.
    let file = open(path, O_RDONLY | O_NONBLOCK)
    guard file >= 0 else {
      throw EnvironmentError("it can't be opened (\(String(cString: strerror(errno))))")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
      status.st_size <= maximumFileSize
    else { throw EnvironmentError("it isn't a file of at most \(maximumFileSize >> 20) MiB") }
    // Where less can be read than was promised, the picture turns out to be cut short.
    return [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
      count = max(0, read(file, buffer.baseAddress, buffer.count))
    }
  }

  private func folders(in folder: String) throws(EnvironmentError) -> [String] {
    try contents(of: folder).filter { Self.isFolder("\(folder)/\($0)") }
  }

  private func contents(of folder: String) throws(EnvironmentError) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw EnvironmentError("'\(folder)' can't be listed", key: key)
    }
    return names.filter { !$0.hasPrefix(".") }.sorted()
  }

  /// Whether there is a folder, or a link to one.
  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    let exists = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
    return exists && isFolder.boolValue
  }
}
