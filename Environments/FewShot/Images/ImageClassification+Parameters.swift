public import EnvironmentKit

extension ImageClassification {
  /// What stays the same over the tasks.
  public struct Parameters: EnvironmentParameters {
    /// The folder of the data.
    public var data = ""
    /// The folder inside of it whose characters train and validation tasks are made of.
    public var trainSet = "images_background"
    /// The folder inside of it whose alphabets test tasks are made of, those alone that `trainSet` lacks.
    public var testSet = "images_evaluation"
    /// The classes of a task.
    public var ways = 5
    /// Examples of each class in the query set.
    public var queryExamples = 15
    /// Rows and columns of an input, in pixels.
    public var side = 28
    /// Whether characters turned by 90, 180 and 270 degrees are classes too, of train and validation
    /// tasks.
    public var rotations = true
    /// Whether their mirror images are classes too.
    public var reflections = false
    /// The share of the training characters that are held out for validation tasks.
    public var validationShare: Float = 0.1

    /// Creates the defaults: 5-way Omniglot, whose folder remains to be given.
    public init() {}

    /// Checks every value's range; folders are looked at by the source.
    ///
    /// - Throws: `EnvironmentError` with the key, the value and what is allowed.
    public func validate() throws {
      try require("ways", ways, in: 2...1000)
      try requireQueryExamples(queryExamples)
      try require("side", side, in: 4...256)
      try require("validationShare", validationShare, in: 0.01...0.5)
    }
  }
}
