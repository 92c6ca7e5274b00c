internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
public import MetaLearning
internal import Policies
internal import RunRecords
internal import Settings

extension ExportedPolicy {
  private static let descriptionFile = "policy.json"
  private static let arraysFile = "policy.safetensors"

  /// What `policy.json` says, in one line of JSON.
  public var descriptionText: String {
    (try? Description(self).json(policy.distribution).text) ?? "{}"
  }

  /// Whether a folder holds an export.
  public static func isFolder(_ path: String) -> Bool { fileExists("\(path)/\(descriptionFile)") }

  /// Writes the folder; each of its files is replaced in one step.
  ///
  /// - Parameter folder: Where to; it is made where it isn't there.
  /// - Throws: `RecordError`: `usage` where the network can't be described, `inputOutput` where the system refuses.
  public func write(to folder: String) throws {
    let description = try Description(self).json(policy.distribution)
    let graph = try onnx(description)
    try makeDirectory(folder)
    try arrays.write(to: "\(folder)/\(Self.arraysFile)")
    try replaceFile("\(folder)/policy.onnx", with: graph)
    try replaceFile("\(folder)/README.md", with: Array(guide().utf8))
    // Last: without it, the folder is no export.
    try replaceFile("\(folder)/\(Self.descriptionFile)", with: Array(description.lines.utf8))
  }

  /// Reads a folder.
  ///
  /// - Parameters:
  ///   - folder: That an export was written to.
  ///   - algorithms: The methods and networks known.
  /// - Throws: `RecordError` that names the file and what is wrong with it.
  public init(folder: String, algorithms: Algorithms = Algorithms()) throws {
    let (file, arraysFile) = ("\(folder)/\(Self.descriptionFile)", "\(folder)/\(Self.arraysFile)")
    let text = try readFile(file, limit: 16 << 20)
    do {
      guard let json = JSON(text[...]) else { throw FolderDamage("is no JSON") }
      self = try Self(
        Description(json, algorithms), Checkpoint(file: arraysFile), arraysFile, algorithms)
    } catch let damage as FolderDamage {
      throw RecordError(.unreadable, "\(file) \(damage.message)")
    } catch let error as SettingsError {
      throw RecordError(.unreadable, "\(file): \(error.source).\(error.message)")
    } catch let error as EnvironmentError {
      throw RecordError(.unreadable, "\(file): \(error.message)")
    } catch let violation as ConstraintViolation {
      throw RecordError(.unreadable, "\(file): policy.\(violation)")
    }
  }

  private init(
    _ description: Description, _ arrays: Checkpoint, _ file: String, _ algorithms: Algorithms
  ) throws {
    let settings = description.settings
    let policy = try Policy(
      for: description.specification, settings: settings.policy, networks: algorithms.networks)
    if let violation = settings.method.violation(in: settings) { throw violation }
    let width = policy.layout.count
    do {
      let steps = Shape(description.learnedSteps, width)
      let rows = steps.rows
      guard rows == (settings.inner.stepSizeRule.learns ? settings.inner.steps : 0) else {
        throw FolderDamage("has \(rows) learned step sizes of \(settings.inner.steps) steps")
      }
      self.init(
        origin: description.origin, specification: description.specification, settings: settings,
        policy: policy,
        initialization: try policy.layout.vector(in: arrays, prefix: Self.initialPrefix),
        logStepSizes: Tensor(steps, try arrays.numbers(Self.stepSizesName, steps)),
        rule: description.rule)
      if let facts = description.learned {
        learned = Learned(
          arrays: try learnedArrays(arrays), episodes: facts.episodes, steps: facts.steps,
          task: facts.task)
      }
      guard knowledge(adaptation, learned?.arrays) != nil else {
        throw FolderDamage("holds what another way to adapt has learned")
      }
    } catch let error as RecordError {
      throw RecordError(error.kind, "\(file): \(error.message)")
    } catch let damage as FolderDamage {
      throw RecordError(.unreadable, "\(file) \(damage.message)")
    }
  }
}

// The arrays of the file.
extension ExportedPolicy {
  private static let initialPrefix = "initialization."
  private static let learnedPrefix = "learned."
  private static let stepSizesName = "logStepSizes"

  /// The tensors that act by their names, those that adaptation begins with, log step sizes, and what was learned.
  private var arrays: Checkpoint {
    var arrays = policy.layout.arrays(of: parameters, prefix: "")
    arrays += policy.layout.arrays(of: initialization, prefix: Self.initialPrefix)
    arrays.append(NamedArray(Self.stepSizesName, logStepSizes))
    for (name, array) in (learned?.arrays ?? [:]).sorted(by: { $0.key < $1.key }) {
      arrays.append(NamedArray(Self.learnedPrefix + name, array))
    }
    return Checkpoint(
      metadata: ["format": Description.format.name, "fledge": origin.fledge], arrays: arrays)
  }

  private func learnedArrays(_ file: Checkpoint) throws -> [String: Tensor<Float>] {
    var found: [String: Tensor<Float>] = [:]
    for array in file.arrays where array.name.hasPrefix(Self.learnedPrefix) {
      guard array.shape.count == 2 else { throw FolderDamage("has \(array.name), no matrix") }
      let shape = Shape(array.shape[0], array.shape[1])
      found[String(array.name.dropFirst(Self.learnedPrefix.count))] = Tensor(
        shape, try file.numbers(array.name, shape))
    }
    return found
  }
}

extension NamedArray {
  fileprivate init(_ name: String, _ tensor: Tensor<Float>) {
    self.init(
      name, shape: [tensor.shape.rows, tensor.shape.columns], .float(tensor.elements))
  }
}

extension ParameterLayout {
  fileprivate func arrays(of vector: Tensor<Float>, prefix: String) -> [NamedArray] {
    zip(entries, tensors(of: vector)).map { NamedArray(prefix + $0.name, $1) }
  }

  fileprivate func vector(in file: Checkpoint, prefix: String) throws -> Tensor<Float> {
    let values = try entries.flatMap { try file.numbers(prefix + $0.name, $0.shape) }
    return Tensor(Shape(1, values.count), values)
  }
}

extension Checkpoint {
  fileprivate func numbers(_ name: String, _ shape: Shape) throws -> [Float] {
    try soundFloats(name, shape: [shape.rows, shape.columns])
  }
}
