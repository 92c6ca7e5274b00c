import Mutation
import RunRecords
import Testing

@Suite("Checkpoints")
struct CheckpointTests {
  private let example = Checkpoint(
    metadata: ["iteration": "100", "version": "0.1 \"é\"\n"],
    arrays: [
      NamedArray("policy/weight", shape: [2, 2], .float([1, -0.0, .nan, .infinity])),
      NamedArray("optimizer", shape: [2], .double([0.1, .leastNonzeroMagnitude])),
      NamedArray("empty", shape: [0, 3], .double([])),
      NamedArray("counters", shape: [], .integer([.min])),
      NamedArray("state", shape: [3], .bytes([0, 127, 255])),
    ])

  @Test("A checkpoint reads back to the same bits")
  func roundTrip() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/a.safetensors"
      try example.write(to: path)
      let again = try Checkpoint(file: path)
      #expect(again.metadata == example.metadata)
      #expect(again.arrays.map(\.name) == example.arrays.map(\.name))
      #expect(try again.encoded() == example.encoded())
      #expect(try again.encoded() == bytes(of: path))
      let weights = try again.floats("policy/weight", shape: [2, 2])
      #expect(
        weights.map(\.bitPattern) == [1, -0.0, .nan, .infinity].map { (x: Float) in x.bitPattern })
      #expect(try again.doubles("optimizer", shape: [2]) == [0.1, .leastNonzeroMagnitude])
      #expect(try again.integerFact("iteration") == 100)
    }
  }

  @Test("What is missing or of another shape is named")
  func requests() {
    #expect(
      failure { _ = try example.floats("policy/bias", shape: [2]) }?.message
        == "the checkpoint has no array \"policy/bias\"")
    #expect(
      failure { _ = try example.floats("policy/weight", shape: [4]) }?.message
        == "the checkpoint's \"policy/weight\" is F32 of shape [2, 2], expected F32 of shape [4]")
    #expect(failure { _ = try example.doubles("policy/weight", shape: [2, 2]) }?.exitCode == 65)
    #expect(failure { _ = try example.integerFact("version") }?.exitCode == 65)
  }

  @Test("Every truncation and every extension is detected")
  func truncations() throws {
    let whole = try example.encoded()
    for length in 0..<whole.count {
      let error = failure { _ = try Checkpoint(bytes: Array(whole.prefix(length)), source: "a.st") }
      #expect(error?.exitCode == 65 && error?.message.hasPrefix("a.st is ") == true)
    }
    #expect(failure { _ = try Checkpoint(bytes: whole + [0], source: "a") }?.exitCode == 65)
  }

  @Test("Every flipped bit is detected")
  func flips() throws {
    let whole = try example.encoded()
    for index in whole.indices {
      for bit in 0..<8 {
        var damaged = whole
        damaged[index] ^= 1 << UInt8(bit)
        #expect(failure { _ = try Checkpoint(bytes: damaged, source: "a") }?.exitCode == 65)
      }
    }
  }

  @Test(
    "Headers that lie about lengths, shapes and offsets are refused before anything is allocated")
  func lies() {
    let headers = [
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807],\"data_offsets\":[0,8]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,8]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[-8,0]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[9223372036854775800,9223372036854775807]}}",
      "{\"a\":{\"dtype\":\"F99\",\"shape\":[2],\"data_offsets\":[0,8]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        + "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[8,8]}}",
      "{\"__metadata__\":{\"a\":1}}", "{\"__metadata__\":[]}", "[]", "",
      String(repeating: "[", count: 100_000),
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}",
    ]
    for header in headers {
      let length = UInt64(header.utf8.count)
      let prefix = (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
      let bytes = prefix + Array(header.utf8) + [UInt8](repeating: 0, count: 8)
      #expect(failure { _ = try Checkpoint(bytes: bytes, source: "a") }?.exitCode == 65)
    }
    let huge = [UInt8](repeating: 255, count: 64)
    #expect(failure { _ = try Checkpoint(bytes: huge, source: "a") }?.exitCode == 65)
  }

  @Test("Mutated checkpoints are refused, never more")
  func mutations() throws {
    var random = Mutations(seed: 3)
    let whole = try example.encoded()
    for _ in 0..<Mutations.count(5000) {
      let bytes = random.mutated(whole)
      guard bytes != whole else { continue }
      #expect(failure { _ = try Checkpoint(bytes: bytes, source: "a") }?.exitCode == 65)
    }
  }

  @Test("A checkpoint that cannot be written leaves the old one as it was")
  func refusedWrite() throws {
    try withTemporaryDirectory { directory in
      let error = failure { try example.write(to: directory + "/none/a.safetensors") }
      #expect(error?.exitCode == 74)
      let full = failure { try example.write(to: "/dev/full/a.safetensors") }
      #expect(full?.exitCode == 74)
    }
  }

  @Test("Two arrays of one name, or a reserved name, are a fault")
  func names() {
    let array = NamedArray("a", shape: [1], .float([1]))
    #expect(failure { _ = try Checkpoint(arrays: [array, array]).encoded() }?.exitCode == 70)
    #expect(failure { _ = try Checkpoint(metadata: ["crc32c": ""]).encoded() }?.exitCode == 70)
  }
}
