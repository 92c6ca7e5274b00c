internal import Foundation

/// A small generator for mutations, the same on every run (SplitMix64).
public struct Mutations: RandomNumberGenerator {
  private var state: UInt64

  /// Mutations by a seed.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }

  /// Pieces of JSON, and of numbers that are hard to hold.
  public static let pieces = [
    "{", "}", "[", "]", "\"", ":", ",", "0", "9", "-", "-1", "1e9", "1e400", "1e19", "null", "true",
    "\\u", "\\uD800", "F64", "[0,0]", "\u{0}", "9223372036854775807",
  ]

  private static let asked = ProcessInfo.processInfo.environment["FLEDGE_MUTATIONS"]
    .flatMap { Int($0) }

  /// How many mutated inputs a parser is tried with: a few, or as many as FLEDGE_MUTATIONS says.
  public static func count(_ few: Int) -> Int { asked ?? few }

  /// After how many minutes a parser hangs, for a few inputs or as many as are asked for.
  public static func minutes(_ few: Int) -> Int { asked == nil ? few : 240 }

  /// The bytes with a few of them changed, removed, doubled or replaced by pieces of the format.
  public mutating func mutated(
    _ original: [UInt8], pieces: [String] = Mutations.pieces
  ) -> [UInt8] {
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
