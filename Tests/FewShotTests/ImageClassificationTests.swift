import EnvironmentKit
import FewShot
import Foundation
import Randomness
import SampleDrawings
import Testing

@Suite struct ImageClassificationTests {
  private func withSource<Result>(
    _ change: (inout ImageClassification.Parameters) -> Void = { _ in },
    _ body: (ImageClassification) throws -> Result
  ) throws -> Result {
    try DrawnGlyphs.write { try body(source(of: $0, change)) }
  }

  private func source(
    of glyphs: DrawnGlyphs, _ change: (inout ImageClassification.Parameters) -> Void = { _ in }
  ) throws -> ImageClassification {
    var parameters = ImageClassification.Parameters()
    (parameters.data, parameters.queryExamples, parameters.side) = (glyphs.path, 3, 12)
    change(&parameters)
    return try ImageClassification(parameters: parameters)
  }

  /// All classes that many tasks of a split choose.
  private func classes(_ source: ImageClassification, _ split: TaskSplit) -> Set<String> {
    Set(source.draws(split, 400, shots: 1).flatMap(\.task.classes))
  }

  private func character(_ name: String) -> String { String(name.prefix { $0 != "@" }) }

  @Test func `classes are balanced, no drawing is in both sets, and draws repeat`() throws {
    try withSource { source in
      #expect(source.shotLimit == 5)
      try source.checkDraws(shots: 5, queryExamples: 3)
      for (task, examples) in source.draws(.train, 50) {
        #expect(Set(task.classes).count == 5)
        #expect(Set(source.rows(of: examples.support)).count == 25)
        #expect(examples.support.inputs.allSatisfy { 0...1 ~= $0 })
        #expect(source.rows(of: examples.support).allSatisfy { $0.contains { $0 > 0.5 } })
      }
    }
  }

  @Test func `the splits share no character`() throws {
    try withSource { source in
      let train = classes(source, .train)
      let validation = classes(source, .validation)
      let test = classes(source, .test)
      // 24 characters, of which a tenth is held out, at four angles; two new alphabets, upright.
      #expect((train.count, validation.count, test.count) == (88, 8, 12))
      #expect(classes(source, .shifted) == test)
      #expect(Set(train.map(character)).count == 22)
      #expect(Set(train.map(character)).isDisjoint(with: validation.map(character)))
      #expect(Set(test.map { $0.prefix { $0 != "/" } }) == ["Estuary", "Fjord"])
      #expect(test.allSatisfy { $0.hasSuffix("@0") })
    }
  }

  @Test func `without rotations, every class is upright`() throws {
    try withSource({ ($0.rotations, $0.validationShare) = (false, 0.25) }) { source in
      #expect(classes(source, .train).count == 18)
      #expect(classes(source, .validation).count == 6)
    }
  }

  @Test func `a mirrored class shows the same drawings with left and right exchanged`() throws {
    try withSource({ $0.reflections = true }) { source in
      #expect((classes(source, .train).count, classes(source, .test).count) == (176, 12))
      func pictures(_ suffix: String) throws -> [[Float]] {
        let train = try #require(source.draws(.train, 1).first).task.classes.map(character)
        var random = RandomStream(seed: 1, purpose: .examples)
        let task = ImageClassification.Task(classes: train.map { "\($0)@90\(suffix)" })
        return source.rows(of: source.examples(of: task, shots: 2, random: &random).support)
      }
      let mirror: ([Float]) -> [Float] = { pixels in
        (0..<12 * 12).map { pixels[$0 / 12 * 12 + 11 - $0 % 12] }
      }
      let (plain, mirrored) = (try pictures(""), try pictures("-mirrored"))
      #expect(mirrored == plain.map(mirror))
    }
  }

  @Test func `shifted tasks keep to one alphabet while it lasts`() throws {
    func alphabets(_ source: ImageClassification) -> [Int] {
      source.draws(.shifted, 100, shots: 1).map { draw in
        Set(draw.task.classes.map { $0.prefix { $0 != "/" } }).count
      }
    }
    try withSource { #expect(alphabets($0).allSatisfy { $0 == 1 }) }
    try withSource({ $0.ways = 7 }) { source in
      #expect(alphabets(source).allSatisfy { $0 == 2 })
      #expect(source.draws(.shifted, 20).allSatisfy { Set($0.task.classes).count == 7 })
    }
  }

  @Test func `a turned class shows the same drawings counterclockwise`() throws {
    try withSource { source in
      let upright = try #require(source.draws(.train, 1).first).task.classes.map(character)
      func pictures(_ degrees: Int) -> [[Float]] {
        var random = RandomStream(seed: 1, purpose: .examples)
        let task = ImageClassification.Task(classes: upright.map { "\($0)@\(degrees)" })
        return source.rows(of: source.examples(of: task, shots: 2, random: &random).support)
      }
      // What was in the right column, from the top, comes to lie in the upper row, from the left.
      let turn: ([Float]) -> [Float] = { pixels in
        (0..<12 * 12).map { pixels[$0 % 12 * 12 + 11 - $0 / 12] }
      }
      #expect(pictures(90) == pictures(0).map(turn))
      #expect(pictures(180) == pictures(90).map(turn))
      #expect(pictures(270) == pictures(180).map(turn))
      #expect(pictures(0) == pictures(270).map(turn))
      #expect(Set(pictures(0)).isDisjoint(with: pictures(90)))
    }
  }

  @Test func `neither the order of files nor what isn't a drawing matters`() throws {
    let plain = try withSource { $0.draws(.train, 10) + $0.draws(.test, 10) }
    let cluttered = try DrawnGlyphs.write(isReversed: true) { glyphs in
      for name in [
        "notes.txt", "images_background/notes.txt", "images_background/Alpine/notes.txt",
        "images_background/Alpine/character01/notes.txt",
        "images_background/Alpine/character01/.hidden.png",
        "images_background/.hidden/character01/1.png",
      ] {
        try glyphs.write([1, 2, 3], to: name)
      }
      let source = try source(of: glyphs)
      return source.draws(.train, 10) + source.draws(.test, 10)
    }
    for (left, right) in zip(plain, cluttered) {
      #expect(left.task == right.task)
      #expect(left.examples == right.examples)
    }
  }

  @Test func `an alphabet that is left out is the only one tested on`() throws {
    try withSource({ $0.validationShare = 0.3 }) { source in
      #expect(source.members == ["Alpine", "Brook", "Coast", "Dune"])
      let left = try source.leavingOut(2)
      func alphabets(_ split: TaskSplit) -> Set<String> {
        Set(classes(left, split).map { String($0.prefix { $0 != "/" }) })
      }
      #expect(alphabets(.train) == ["Alpine", "Brook", "Dune"])
      #expect(alphabets(.validation) == ["Alpine", "Brook", "Dune"])
      #expect(alphabets(.test) == ["Coast"])
      #expect(classes(left, .test).allSatisfy { $0.hasSuffix("@0") })
      #expect(classes(left, .test).count == 6)
      #expect(alphabets(.shifted) == ["Estuary", "Fjord"])
    }
    try withSource({ $0.ways = 7 }) { source in
      let error = #expect(throws: EnvironmentError.self) { try source.leavingOut(0) }
      #expect(error?.message.contains("there are 6 test classes") == true)
    }
  }

  @Test func `a task is written as its classes, and read back`() throws {
    try DrawnGlyphs.write { glyphs in
      let source = try ExampleSourceDefinition(ImageClassification.self).make(
        parameters: ["data": .string(glyphs.path), "queryExamples": 3])
      #expect(source.shotLimit == 5)
      #expect(source.specification.input == .image(height: 28, width: 28, channels: 1))
      let task = try #require(try source.sampleTasks(split: .test, count: 1, seed: 1).first)
      #expect(try source.task(json: task.json) == task)
      for (text, part) in [
        (#"{"classes":["a"]}"#, "it must have 5"),
        (task.json.replacing("character01", with: "character99"), "which no folder holds"),
        (task.json.replacing("@0", with: "@45"), "which no folder holds"),
      ] where text != task.json {
        let error = #expect(throws: EnvironmentError.self) { try source.task(json: text) }
        #expect(error?.message.contains(part) == true)
      }
    }
  }
}
