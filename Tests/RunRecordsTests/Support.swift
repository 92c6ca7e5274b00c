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

/// A small generator for mutations, the same on every run (SplitMix64).
struct Mutations: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// How many mutated inputs a parser is tried with: a few, or as many as FLEDGE_MUTATIONS says.
  static func count(_ few: Int) -> Int {
    ProcessInfo.processInfo.environment["FLEDGE_MUTATIONS"].flatMap { Int($0) } ?? few
  }

  /// The bytes with a few of them changed, removed, doubled or replaced by pieces of the format.
  mutating func mutated(_ original: [UInt8], pieces: [String]) -> [UInt8] {
    var bytes = original
    for _ in 0..<Int.random(in: 1...4, using: &self) {
      let place = Int.random(in: 0...bytes.count, using: &self)
      let end = min(bytes.count, place + Int.random(in: 0...6, using: &self))
      switch Int.random(in: 0..<4, using: &self) {
      case 0 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &self)
      case 1: bytes.removeSubrange(place..<end)
      case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
      default:
        let piece = pieces.randomElement(using: &self) ?? ""
        bytes.replaceSubrange(place..<end, with: Array(piece.utf8))
      }
    }
    return bytes
  }
}
