internal import EnvironmentKit

/// A character at one of four angles, or its mirror image: a class of pictures.
struct ImageClass: Sendable {
  /// The character drawn.
  let character: DrawnCharacter
  /// By how many quarters it is turned, counterclockwise.
  let quarterTurns: Int
  /// Whether left and right change places, after turning.
  let isMirrored: Bool

  /// Alphabet, character and degrees, such as `Balinese/character01@90` or its mirror image
  /// `Balinese/character01@90-mirrored`.
  var name: String {
    "\(character.alphabet)/\(character.name)@\(90 * quarterTurns)\(isMirrored ? "-mirrored" : "")"
  }

  /// Appends the pixels of a drawing, as the share of ink, `[row, column]`.
  func append(drawing index: Int, to pixels: inout [Float], side: Int) {
    let drawing = character.drawings[index]
    let last = side - 1
    for row in 0..<side {
      for place in 0..<side {
        let column = isMirrored ? last - place : place
        let source =
          switch quarterTurns {
          case 0: row * side + column
          case 1: column * side + last - row
          case 2: (last - row) * side + last - column
          default: (last - column) * side + row
          }
        pixels.append(Float(drawing[source]) / 255)
      }
    }
  }
}

/// The classes of each split.
struct ImageClasses: Sendable {
  /// Classes of train and validation tasks: characters held out for the second are in no class of the
  /// first, at no angle and in no mirror.
  private(set) var train, validation: [ImageClass]
  /// Classes of test and shifted tasks, by alphabet.
  let testAlphabets: [[ImageClass]]
  /// Classes of test tasks.
  private(set) var test: [ImageClass]

  /// Reads both sets.
  ///
  /// - Throws: `EnvironmentError` that names the folder or the file at fault.
  init(_ parameters: ImageClassification.Parameters) throws(EnvironmentError) {
    let data = parameters.data
    guard !data.isEmpty else {
      throw EnvironmentError("'data' is empty; give a folder with --data DIR", key: "data")
    }
    guard DrawingFolder.isFolder(data) else {
      throw EnvironmentError("'data' is '\(data)', which is not a folder", key: "data")
    }
    let trainSet = DrawingFolder(path: "\(data)/\(parameters.trainSet)", key: "trainSet")
    let testSet = DrawingFolder(path: "\(data)/\(parameters.testSet)", key: "testSet")
    let trainAlphabets = try trainSet.alphabets()
    let newAlphabets = try testSet.alphabets().filter { !trainAlphabets.contains($0) }
    guard !newAlphabets.isEmpty else {
      throw EnvironmentError(
        "'\(testSet.path)' has no alphabet that '\(trainSet.path)' lacks; tests need one",
        key: "testSet")
    }
    func read(
      _ alphabet: String, in set: DrawingFolder
    ) throws(EnvironmentError) -> [DrawnCharacter] {
      try set.characters(
        of: alphabet, side: parameters.side, atLeast: parameters.queryExamples + 1)
    }
    var characters: [DrawnCharacter] = []
    for alphabet in trainAlphabets { characters += try read(alphabet, in: trainSet) }
    (train, validation) = Self.split(characters, parameters)
    var testAlphabets: [[ImageClass]] = []
    for alphabet in newAlphabets {
      testAlphabets.append(
        try read(alphabet, in: testSet).map {
          ImageClass(character: $0, quarterTurns: 0, isMirrored: false)
        })
    }
    self.testAlphabets = testAlphabets
    test = Array(testAlphabets.joined())
    try check(train.count, "training", ways: parameters.ways)
    try check(validation.count, "validation", ways: parameters.ways)
    try check(test.count, "test", ways: parameters.ways)
  }

  /// The alphabets of train and validation tasks, ordered by name.
  var trainAlphabets: [String] { Set((train + validation).map(\.character.alphabet)).sorted() }

  /// The classes with one of the training set's alphabets kept from training and validation: its upright
  /// characters are those of test tasks.
  ///
  /// - Throws: `EnvironmentError` where a split has too few classes left.
  func leavingOut(_ alphabet: String, ways: Int) throws(EnvironmentError) -> ImageClasses {
    let isLeft = { (entry: ImageClass) in entry.character.alphabet == alphabet }
    var classes = self
    classes.train.removeAll(where: isLeft)
    classes.validation.removeAll(where: isLeft)
    classes.test = (train + validation).filter {
      isLeft($0) && $0.quarterTurns == 0 && !$0.isMirrored
    }
    try check(classes.train.count, "training", ways: ways)
    try check(classes.validation.count, "validation", ways: ways)
    try check(classes.test.count, "test", ways: ways)
    return classes
  }

  /// Every class.
  var all: [ImageClass] { train + validation + testAlphabets.joined() }

  /// Holds characters out at even distances in the order of their names, so that each alphabet gives
  /// its share.
  private static func split(
    _ characters: [DrawnCharacter], _ parameters: ImageClassification.Parameters
  ) -> (train: [ImageClass], validation: [ImageClass]) {
    let share = parameters.validationShare * Float(characters.count)
    let heldOut = max(1, Int(share.rounded()))
    var (train, validation): ([ImageClass], [ImageClass]) = ([], [])
    for (index, character) in characters.enumerated() {
      let classes = (parameters.reflections ? [false, true] : [false]).flatMap { isMirrored in
        (0..<(parameters.rotations ? 4 : 1)).map {
          ImageClass(character: character, quarterTurns: $0, isMirrored: isMirrored)
        }
      }
      let isHeldOut =
        (index + 1) * heldOut / characters.count > index * heldOut / characters.count
      if isHeldOut { validation += classes } else { train += classes }
    }
    return (train, validation)
  }

  private func check(_ count: Int, _ split: String, ways: Int) throws(EnvironmentError) {
    guard count < ways else { return }
    throw EnvironmentError(
      "'ways' is \(ways), but there are \(count) \(split) classes to choose from", key: "ways")
  }
}
