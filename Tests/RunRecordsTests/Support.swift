import Foundation
import Glibc
import RunRecords
import Testing

/// A directory for one test, removed with all it holds when the body ends.
func withTemporaryDirectory(_ body: (String) throws -> Void) throws {
  var template = Array("/tmp/fledge-records-XXXXXX".utf8CString)
  let made = try #require(mkdtemp(&template))
  let path = String(cString: made)
  defer { try? FileManager.default.removeItem(atPath: path) }
  try body(path)
}

/// The bytes of a file; empty if there is none.
func bytes(of path: String) -> [UInt8] {
  guard let file = fopen(path, "r") else { return [] }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  while case let byte = getc(file), byte != EOF { bytes.append(UInt8(truncatingIfNeeded: byte)) }
  return bytes
}

/// The one file of a directory.
func eventsPath(in directory: String) throws -> String {
  let names = try FileManager.default.contentsOfDirectory(atPath: directory)
  #expect(names.count == 1)
  return directory + "/" + (try #require(names.first))
}

/// Makes a file of some bytes.
func write(_ bytes: [UInt8], to path: String) throws {
  let file = try #require(fopen(path, "w"))
  defer { fclose(file) }
  try #require(fwrite(bytes, 1, bytes.count, file) == bytes.count)
}

/// The error that a body throws, or nil.
func failure(of body: () throws -> Void) -> RecordError? {
  do {
    try body()
    return nil
  } catch {
    return error as? RecordError
  }
}
