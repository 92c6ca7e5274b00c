public import EnvironmentKit
internal import Foundation
public import Randomness

/// Two classes in the plane, on either side of a line that turns from task to task.
///
/// Points x are uniform on the unit disc, and of class 1 where cos(angle) x_1 + sin(angle) x_2 >
/// offset, of class 0 elsewhere. A task is an angle, uniform on [0, 2 pi), with an offset of 0: the line
/// goes through the origin. Averaged over the tasks, every point is as often of one class as of the
/// other, so that whatever stays as it was stays at chance, and each direction of the plane counts as
/// much as any other. Shifted lines miss the origin by an offset from [0.25, 0.5] of either sign; with
/// `inputShift` they go through it, and disc and line are moved together by so much, each task's in a
/// direction of its own.
///
/// `trainAngles` and `testAngles` narrow the angles to [0, so many rad). Within a small range features
/// that tell one direction serve all tasks. With `trainAngles: 0` a model sees one direction alone:
/// features that are kept as they are then tell nothing of another one.
///
/// Reference: it separates adapting features from reusing them, the question of Raghu, Raghu, Bengio and
/// Vinyals, "Rapid learning or feature reuse? Towards understanding the effectiveness of MAML",
/// ICLR 2020; the family itself is Fledge's own.
public struct RotatingBoundary: ExampleSource {
  /// One line.
  public struct Task: Codable, Sendable, Equatable {
    /// The direction of class 1, in rad from the first axis.
    public var angle: Float
    /// How far the line lies from the origin in that direction.
    public var offset: Float
    /// What points and line are moved by, `[coordinate]`; nil where they are not.
    public var inputShift: [Float]?

    /// Creates a task.
    ///
    /// - Parameters:
    ///   - angle: The direction of class 1, in rad from the first axis.
    ///   - offset: How far the line lies from the origin in that direction, within (-1, 1).
    ///   - inputShift: What points and line are moved by, `[coordinate]`; nil where they are not.
    public init(angle: Float, offset: Float = 0, inputShift: [Float]? = nil) {
      (self.angle, self.offset, self.inputShift) = (angle, offset, inputShift)
    }

    /// The unit vector towards class 1.
    var direction: SIMD2<Float> { SIMD2(cos(angle), sin(angle)) }
  }

  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// Examples of each class in the query set.
    public var queryExamples = 10
    /// The least distance of shifted lines from the origin.
    public var minimumShiftedOffset: Float = 0.25
    /// The greatest distance of shifted lines from the origin.
    public var maximumShiftedOffset: Float = 0.5
    /// How far the points of shifted tasks are moved, their lines with them; 0 for lines that miss the
    /// origin instead.
    public var inputShift: Float = 0
    /// The angles of train and validation tasks are below this, in rad.
    public var trainAngles = 2 * Float.pi
    /// The angles of test and shifted tasks are below this, in rad.
    public var testAngles = 2 * Float.pi

    /// Creates the defaults.
    public init() {}

    /// Checks every value's range.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try requireQueryExamples(queryExamples)
      // At 0.75 the smaller side still has 7% of the disc.
      try require("maximumShiftedOffset", maximumShiftedOffset, in: 0.01...0.75)
      try require("minimumShiftedOffset", minimumShiftedOffset, in: 0.01...maximumShiftedOffset)
      try require("inputShift", inputShift, in: 0...100)
      try require("trainAngles", trainAngles, in: 0...2 * Float.pi)
      try require("testAngles", testAngles, in: 0...2 * Float.pi)
    }
  }

  /// The name in configurations.
  public static var name: String { "rotating-boundary" }
  /// One line on what is to be learned.
  public static var summary: String { "Tell the sides of a line of unknown direction apart" }

  private let parameters: Parameters

  /// Makes the source.
  ///
  /// - Parameter parameters: Valid parameters.
  public init(parameters: Parameters) { self.parameters = parameters }

  /// Two coordinates in, one of two classes out.
  public var specification: ExampleSpecification { .init(input: .numbers(2), target: .classes(2)) }

  /// Draws a line.
  ///
  /// - Parameters:
  ///   - split: Shifted lines miss the origin, or are moved with their points; all others go through it.
  ///   - random: The stream to draw from.
  /// - Returns: Angle, offset and shift.
  public func sample(split: TaskSplit, random: inout RandomStream) -> Task {
    let turn: Float = random.uniform()
    let isTest = split == .test || split == .shifted
    let angle = (isTest ? parameters.testAngles : parameters.trainAngles) * turn
    guard split == .shifted else { return Task(angle: angle) }
    guard parameters.inputShift == 0 else {
      let direction = Task(angle: random.uniform(in: 0...2 * Float.pi)).direction
      let shift = direction * parameters.inputShift
      return Task(angle: angle, inputShift: [shift.x, shift.y])
    }
    let offset = random.uniform(
      in: parameters.minimumShiftedOffset...parameters.maximumShiftedOffset)
    return Task(angle: angle, offset: random.index(below: 2) == 0 ? offset : -offset)
  }

  /// Draws points on both sides of a line.
  ///
  /// - Parameters:
  ///   - task: The line.
  ///   - shots: Examples of each class in the support set, at least 1.
  ///   - random: The stream to draw from.
  /// - Returns: Both sets, class after class, with inputs `[example, coordinate]`.
  public func examples(
    of task: Task, shots: Int, random: inout RandomStream
  ) -> FewShotExamples {
    FewShotExamples(shots: shots, queryExamples: parameters.queryExamples) { count in
      Examples(ofEach: count, classes: 2) { label in
        let point = Self.point(of: label, in: task, random: &random)
        return zip([point.x, point.y], task.inputShift ?? [0, 0]).map { $0 + $1 }
      }
    }
  }

  /// Requires a line that crosses the disc, and a shift in the plane.
  ///
  /// - Parameter task: The line.
  /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
  public func validate(task: Task) throws {
    try require("offset", task.offset, in: -0.99...0.99)
    if let shift = task.inputShift { try requireCount("inputShift", shift.count, of: 2) }
  }

  /// A point uniform on a class's part of the disc.
  private static func point(
    of label: Int, in task: Task, random: inout RandomStream
  ) -> SIMD2<Float> {
    let direction = task.direction
    // A draw hits with a probability of 5% or more, so all of these miss less than once in 10^20.
    for _ in 0..<1000 {
      let first: Float = random.uniform(in: -1...1)
      let point = SIMD2(first, random.uniform(in: -1...1))
      let isPositive = (direction * point).sum() > task.offset
      if (point * point).sum() <= 1, isPositive == (label == 1) { return point }
    }
    // The middle of the part's height.
    return direction * ((task.offset + (label == 1 ? 1 : -1)) / 2)
  }
}
