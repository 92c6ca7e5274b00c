public import EnvironmentKit
public import Randomness

/// Few-shot classification of drawn characters, from a folder in Omniglot's layout.
///
/// A task has `ways` classes, whose order is their label; each class is a character, known by some
/// drawings of it. The folder holds `trainSet` and `testSet`, each `alphabet/character/drawing.png`.
/// A pixel is the share of ink in its area: 0 is paper, 1 is ink.
///
/// Train tasks choose among the characters of `trainSet`, at four angles, each a class of its own, and on
/// demand their mirror images; validation tasks among those held out of it, in all these ways. Test tasks
/// choose among upright characters of alphabets that `trainSet` lacks. The characters of a shifted task are
/// from one of these alphabets, and only where it has too few from a second one: classes are more alike than
/// in training.
///
/// References: Lake, Salakhutdinov and Tenenbaum, "Human-level concept learning through probabilistic
/// program induction", Science 2015, for the drawings and for tasks within an alphabet; Santoro,
/// Bartunov, Botvinick, Wierstra and Lillicrap, "Meta-learning with memory-augmented neural networks",
/// ICML 2016, for turned classes; Vinyals, Blundell, Lillicrap, Kavukcuoglu and Wierstra, "Matching
/// networks for one shot learning", NeurIPS 2016, for tasks over all alphabets.
public struct ImageClassification: ExampleSource {
  /// The classes to tell apart.
  public struct Task: Codable, Sendable, Equatable {
    /// Alphabet, character and angle of each label, such as `Balinese/character01@90`, with `-mirrored` behind a
    /// mirror image's.
    public var classes: [String]

    /// Creates a task.
    ///
    /// - Parameter classes: Alphabet, character and angle of each label.
    public init(classes: [String]) { self.classes = classes }
  }

  /// The name in configurations.
  public static var name: String { "image-classification" }
  /// One line on what is to be learned.
  public static var summary: String { "Tell characters of unknown alphabets apart" }

  private let parameters: Parameters
  private var classes: ImageClasses
  private let classesByName: [String: ImageClass]
  /// Tells the drawings apart, as they are resampled.
  public let content: String?
  /// The greatest number of shots, for the character with the fewest drawings.
  public let shotLimit: Int

  /// Reads all drawings.
  ///
  /// - Parameter parameters: Valid parameters.
  /// - Throws: `EnvironmentError` that names the folder or the file at fault.
  public init(parameters: Parameters) throws {
    self.parameters = parameters
    classes = try ImageClasses(parameters)
    let all = classes.all
    content = Self.digest(of: all)
    // Names that a file system tells apart may be the same text, with accents coded in two ways.
    classesByName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    let fewest = all.map(\.character.drawings.count).min() ?? 0
    shotLimit = fewest - parameters.queryExamples
  }

  private static func digest(of classes: [ImageClass]) -> String {
    var digest = ContentDigest()
    for entry in classes {
      digest.add(entry.name)
      // The other angles and the mirror images are made of the same drawings.
      guard entry.quarterTurns == 0 && !entry.isMirrored else { continue }
      for drawing in entry.character.drawings { digest.add(drawing) }
    }
    return digest.text
  }

  /// A picture in, one of `ways` classes out.
  public var specification: ExampleSpecification {
    .init(
      input: .image(height: parameters.side, width: parameters.side, channels: 1),
      target: .classes(parameters.ways))
  }

  /// Draws classes.
  ///
  /// - Parameters:
  ///   - split: Which characters to choose among.
  ///   - random: The stream to draw from.
  /// - Returns: `ways` different classes.
  public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
    let groups =
      switch split {
      case .train: [classes.train]
      case .validation: [classes.validation]
      case .test: [classes.test]
      case .shifted: classes.testAlphabets
      }
    var chosen: [String] = []
    for index in random.choose(groups.count, below: groups.count) {
      let group = groups[index]
      let count = min(parameters.ways - chosen.count, group.count)
      chosen += random.choose(count, below: group.count).map { group[$0].name }
    }
    return Task(classes: chosen)
  }

  /// Draws drawings of each class, none of them twice.
  ///
  /// - Parameters:
  ///   - task: The classes.
  ///   - shots: Examples of each class in the support set, from 1 to ``shotLimit``.
  ///   - random: The stream to draw from.
  /// - Returns: Both sets, class after class, with inputs `[example, row, column]`.
  public func examples(
    of task: Task, shots: Int, random: inout RandomStream
  ) -> FewShotExamples {
    precondition(
      1...shotLimit ~= shots, "\(shots) shots asked for; there are drawings for 1 to \(shotLimit)")
    let chosen = task.classes.map { name in
      guard let chosen = classesByName[name] else {
        preconditionFailure("'\(name)' is not a class of this source")
      }
      return chosen
    }
    let drawings = chosen.map {
      random.choose(shots + parameters.queryExamples, below: $0.character.drawings.count)
    }
    func examples(_ places: Range<Int>) -> Examples {
      var (inputs, labels): ([Float], [Int]) = ([], [])
      inputs.reserveCapacity(places.count * chosen.count * parameters.side * parameters.side)
      for (label, (chosen, drawings)) in zip(chosen, drawings).enumerated() {
        for drawing in drawings[places] {
          chosen.append(drawing: drawing, to: &inputs, side: parameters.side)
          labels.append(label)
        }
      }
      return Examples(inputs: inputs, targets: .classes(labels))
    }
    return FewShotExamples(
      support: examples(0..<shots), query: examples(shots..<shots + parameters.queryExamples))
  }

  /// Requires as many classes as there are ways, all of them known.
  ///
  /// - Parameter task: The classes.
  /// - Throws: `EnvironmentError` with what was found and what is needed.
  public func validate(task: Task) throws {
    try requireCount("classes", task.classes.count, of: parameters.ways)
    if let unknown = task.classes.first(where: { classesByName[$0] == nil }) {
      throw EnvironmentError("'classes' has '\(unknown)', which no folder holds", key: "classes")
    }
  }

  /// The alphabets of the training set.
  public var members: [String] { classes.trainAlphabets }

  /// Keeps an alphabet of the training set from training and validation.
  ///
  /// - Parameter member: Its place.
  /// - Returns: The source, whose test tasks choose among that alphabet's upright characters.
  /// - Throws: `EnvironmentError` where a split has fewer classes left than there are ways.
  public func leavingOut(_ member: Int) throws -> ImageClassification {
    var source = self
    source.classes = try classes.leavingOut(members[member], ways: parameters.ways)
    return source
  }
}
