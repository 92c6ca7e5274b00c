import EnvironmentKit
import FewShot
import Foundation
import SampleDrawings
import Testing

@Suite struct ImageErrorTests {
  /// One thing that is wrong with the data, and the error that is to be read.
  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Spoils the data, or the parameters.
    let spoil: @Sendable (DrawnGlyphs, inout [String: ParameterValue]) throws -> Void
    let key: String
    /// What the message has to say; `DATA` stands for the folder.
    let words: String

    init(
      _ description: String, key: String, says words: String,
      _ spoil: @escaping @Sendable (DrawnGlyphs, inout [String: ParameterValue]) throws -> Void
    ) {
      (testDescription, self.key, self.words, self.spoil) = (description, key, words, spoil)
    }
  }

  private static let drawing = "images_background/Brook/character03/000_05.png"

  static let faults = [
    Fault("no folder given", key: "data", says: "'data' is empty; give a folder with --data DIR") {
      $1["data"] = ""
    },
    Fault("no such folder", key: "data", says: "'data' is 'DATA/none', which is not a folder") {
      $1["data"] = .string($0("none"))
    },
    Fault(
      "no such training set", key: "trainSet",
      says: "'DATA/none' is not a folder; 'trainSet' must name one"
    ) { $1["trainSet"] = "none" },
    Fault(
      "no such test set", key: "testSet",
      says: "'DATA/none' is not a folder; 'testSet' must name one"
    ) { $1["testSet"] = "none" },
    Fault(
      "no new alphabet", key: "testSet",
      says: "'DATA/images_background' has no alphabet that 'DATA/images_background' lacks"
    ) { $1["testSet"] = "images_background" },
    Fault(
      "too few drawings", key: "queryExamples",
      says: "'DATA/images_background/Alpine/character01' has 8 drawings; "
        + "'queryExamples' and one shot need 9"
    ) { $1["queryExamples"] = 8 },
    Fault(
      "too few training classes", key: "ways",
      says: "'ways' is 89, but there are 88 training classes"
    ) { $1["ways"] = 89 },
    Fault(
      "too few validation classes", key: "ways",
      says: "'ways' is 9, but there are 8 validation classes"
    ) { $1["ways"] = 9 },
    Fault(
      "too few test classes", key: "ways", says: "'ways' is 13, but there are 12 test classes"
    ) {
      $1["ways"] = 13
      $1["validationShare"] = 0.5
    },
    Fault(
      "a training set without alphabets", key: "ways", says: "there are 0 training classes"
    ) { glyphs, parameters in
      try glyphs.write([], to: "bare/notes.txt")
      parameters["trainSet"] = "bare"
    },
    Fault("an empty file", key: "trainSet", says: "doesn't begin as a PNG file does") {
      glyphs, _ in try glyphs.write([], to: drawing)
    },
    Fault("another kind of file", key: "trainSet", says: "doesn't begin as a PNG file does") {
      glyphs, _ in try glyphs.write(Array("GIF89a, more or less".utf8), to: drawing)
    },
    Fault("a truncated file", key: "trainSet", says: "it is cut short") { glyphs, _ in
      try glyphs.write(glyphs.read(drawing).dropLast(20), to: drawing)
    },
    Fault("damaged pixels", key: "trainSet", says: "it is damaged") { glyphs, _ in
      var bytes = try glyphs.read(drawing)
      bytes[60] ^= 0xFF
      try glyphs.write(bytes, to: drawing)
    },
    Fault("no pixels", key: "trainSet", says: "it has 0 x 36 pixels") { glyphs, _ in
      try glyphs.rewriteWidth(of: drawing, [0, 0, 0, 0])
    },
    Fault("billions of pixels", key: "trainSet", says: "it has 2147483647 x 36 pixels") {
      glyphs, _ in try glyphs.rewriteWidth(of: drawing, [0x7F, 0xFF, 0xFF, 0xFF])
    },
    Fault("a folder in place of a drawing", key: "trainSet", says: "it isn't a file") {
      glyphs, _ in
      try glyphs.remove(drawing)
      try glyphs.write([], to: drawing + "/notes.txt")
    },
    Fault("a pipe in place of a drawing", key: "trainSet", says: "it isn't a file") {
      glyphs, _ in
      try glyphs.remove(drawing)
      #expect(mkfifo(glyphs(drawing), 0o600) == 0)
    },
    Fault("a link that leads nowhere", key: "trainSet", says: "it can't be opened") { glyphs, _ in
      try glyphs.remove(drawing)
      try FileManager.default.createSymbolicLink(
        atPath: glyphs(drawing), withDestinationPath: glyphs("none"))
    },
  ]

  @Test(arguments: faults)
  func `what is wrong with the data is named`(fault: Fault) throws {
    try DrawnGlyphs.write { glyphs in
      var parameters: [String: ParameterValue] = [
        "data": .string(glyphs.path), "queryExamples": 3, "side": 12,
      ]
      try fault.spoil(glyphs, &parameters)
      let error = #expect(throws: EnvironmentError.self) {
        try ExampleSourceDefinition(ImageClassification.self).make(parameters: parameters)
      }
      let message = error?.message.replacingOccurrences(of: glyphs.path, with: "DATA") ?? ""
      #expect(message.contains(fault.words))
      #expect(error?.key == fault.key)
      if fault.words.hasPrefix("it ") || fault.words.hasPrefix("doesn't") {
        #expect(message.hasPrefix("'DATA/\(Self.drawing)' can't be read: "))
      }
    }
  }
}

extension DrawnGlyphs {
  /// Replaces the width in a PNG file's header.
  fileprivate func rewriteWidth(of name: String, _ word: [UInt8]) throws {
    var bytes = try read(name)
    bytes.replaceSubrange(16..<20, with: word)
    try write(bytes, to: name)
  }
}
