import Foundation
import Mutation
import RunRecords
import Testing

@Suite("TensorBoard events")
struct EventsFileTests {
  private func metrics(_ iteration: Int) -> IterationMetrics {
    IterationMetrics(
      iteration: iteration, seconds: 1, environmentSteps: 10, returns: [-2, -1], extra: ["x": 3])
  }

  /// The lengths of the records, read from their frames.
  private func recordLengths(_ bytes: [UInt8]) -> [Int] {
    var lengths: [Int] = []
    var rest = bytes[...]
    while rest.count >= 8 {
      let length = rest.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) } + 16
      lengths.append(length)
      rest = rest.dropFirst(length)
    }
    return lengths
  }

  @Test("The file begins with the record that every TensorBoard knows")
  func opening() throws {
    try withTemporaryDirectory { directory in
      _ = try EventsFile(directory: directory, cutBackTo: 0)
      let path = try eventsPath(in: directory)
      #expect(path.contains("/events.out.tfevents."))
      // Length 24 with its masked checksum, as TensorFlow's own files begin.
      #expect(bytes(of: path).prefix(12) == [24, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22])
      #expect(String(decoding: bytes(of: path), as: UTF8.self).contains("brain.Event:2"))
    }
  }

  @Test("A scalar is written with its name and value, 0 too")
  func scalars() throws {
    try withTemporaryDirectory { directory in
      var file = try EventsFile(directory: directory, cutBackTo: 0)
      try file.append([("success", 0), ("loss", -1.5)], step: 7)
      let event = try #require(try wireEvents(in: directory).last)
      #expect(event.numbers(2) == [7])
      let values = event[5].flatMap { $0[1] }
      #expect(values.flatMap { $0.texts(1) } == ["success", "loss"])
      let found = values.map { $0.numbers(2).map { Float(bitPattern: UInt32($0)) } }
      #expect(found == [[0], [-1.5]])
    }
  }

  @Test("A resumed run goes on in the same file, wherever the crash cut it")
  func resuming() throws {
    try withTemporaryDirectory { directory in
      var file = try EventsFile(directory: directory, cutBackTo: 0)
      for iteration in 1...4 { try file.append(metrics(iteration)) }
      let path = try eventsPath(in: directory)
      let whole = bytes(of: path)
      let lengths = recordLengths(whole)
      #expect(lengths.count == 5 && lengths.reduce(0, +) == whole.count)
      let kept = lengths.prefix(3).reduce(0, +)
      for length in kept...whole.count {
        try write(Array(whole.prefix(length)), to: path)
        _ = try EventsFile(directory: directory, cutBackTo: 2)
        #expect(bytes(of: path) == Array(whole.prefix(kept)))
      }
      var resumed = try EventsFile(directory: directory, cutBackTo: 2)
      for iteration in 3...4 { try resumed.append(metrics(iteration)) }
      #expect(recordLengths(bytes(of: try eventsPath(in: directory))) == lengths)
    }
  }

  @Test("Mutated files are cut back to what is sound")
  func mutations() throws {
    try withTemporaryDirectory { directory in
      var file = try EventsFile(directory: directory, cutBackTo: 0)
      for iteration in 1...3 { try file.append(metrics(iteration)) }
      let path = try eventsPath(in: directory)
      let whole = bytes(of: path)
      var random = Mutations(seed: 5)
      for _ in 0..<Mutations.count(1000) {
        try write(random.mutated(whole, pieces: ["\u{0}", "\u{FF}"]), to: path)
        _ = try EventsFile(directory: directory, cutBackTo: 3)
      }
    }
  }
}
