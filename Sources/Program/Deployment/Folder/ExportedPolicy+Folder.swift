internal import Adaptation
internal import Differentiation
internal import EnvironmentKit
internal import Foundation
public import MetaLearning
internal import Models
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

  /// Whether a folder holds an export, sound or not.
  public static func isFolder(_ path: String) -> Bool {
    guard let text = try? readFile("\(path)/\(descriptionFile)", limit: 16 << 20) else {
      return false
    }
    return JSON(text[...])?["format"]?.string == Description.format.name
  }

  /// Whether nothing stands in a folder, or there is none.
  private static func isFree(_ folder: String) -> Bool {
    guard fileExists(folder) else { return true }
    return (try? FileManager.default.contentsOfDirectory(atPath: folder))?.isEmpty ?? false
  }

  /// Writes the folder; each of its files is replaced in one step, and until the last one is the folder is no export.
  ///
  /// - Parameter folder: Where to; it is made where it isn't there.
  /// - Throws: `RecordError`: `usage` where the network can't be described, `inputOutput` where the system refuses.
  public func write(to folder: String) throws {
    let description = try Description(self).json(policy.distribution)
    let graph = try onnx(description)
    let file = "\(folder)/\(Self.descriptionFile)"
    guard Self.isFree(folder) || Self.isFolder(folder) else {
      throw RecordError(
        .usage,
        "\(folder) holds other files; name a new folder, or an export that is to be replaced")
    }
    try makeDirectory(folder)
    // Without it the folder is no export: it is the first to go and the last to come.
    try removeFile(file)
    try arrays.write(to: "\(folder)/\(Self.arraysFile)")
    try replaceFile("\(folder)/policy.onnx", with: graph)
    try replaceFile("\(folder)/README.md", with: Array(guide().utf8))
    try replaceFile(file, with: Array(description.lines.utf8))
  }

  /// Reads a folder.
  ///
  /// - Parameters:
  ///   - folder: That an export was written to.
  ///   - algorithms: The methods and networks known.
  /// - Throws: `RecordError` that names the file and what is wrong with it.
  public init(folder: String, algorithms: Algorithms = Algorithms()) throws {
    let (file, arraysFile) = ("\(folder)/\(Self.descriptionFile)", "\(folder)/\(Self.arraysFile)")
    guard fileExists(file) else {
      throw RecordError(
        .unreadable, "\(folder) is no folder of fledge export: it has no \(Self.descriptionFile)")
    }
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
    if let violation = settings.method.violation(in: settings) {
      throw FolderDamage("doesn't hold: \(violation)")
    }
    if let name = policy.layout.unknownName(in: settings.inner.adapts) {
      throw FolderDamage(
        "has inner.adapts with \(quoted(name, limit: 80)), no tensor of the policy")
    }
    let learned = settings.inner.stepSizeRule.learns ? settings.inner.steps : 0
    guard description.learnedSteps == learned else {
      throw FolderDamage(
        "has \(description.learnedSteps) learned step sizes, expected \(learned) by its inner loop")
    }
    do {
      let steps = Shape(description.learnedSteps, policy.layout.count)
      self.init(
        origin: description.origin, specification: description.specification, settings: settings,
        policy: policy,
        initialization: try policy.layout.vector(in: arrays, prefix: Self.initialPrefix),
        logStepSizes: Tensor(steps, try arrays.numbers(Self.stepSizesName, steps)),
        rule: description.rule)
      if let facts = description.learned {
        self.learned = Learned(
          arrays: try learnedArrays(arrays), episodes: facts.episodes, steps: facts.steps,
          task: facts.task)
      }
      guard knowledge(adaptation, self.learned?.arrays) != nil else {
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
  private static let startPrefix = "start."
  private static let stepSizesName = "logStepSizes"

  /// The tensors that act by their names, those that adaptation begins with, log step sizes, and what was learned.
  private var arrays: Checkpoint {
    var arrays = policy.layout.arrays(of: parameters, prefix: "")
    arrays += policy.layout.arrays(of: initialization, prefix: Self.initialPrefix)
    arrays.append(NamedArray(Self.stepSizesName, logStepSizes))
    arrays += startArrays
    for (name, array) in (learned?.arrays ?? [:]).sorted(by: { $0.key < $1.key }) {
      arrays.append(NamedArray(Self.learnedPrefix + name, array))
    }
    return Checkpoint(
      metadata: ["format": Description.format.name, "fledge": origin.fledge], arrays: arrays)
  }

  /// What a program that has the network alone begins an episode with, where that isn't zeros: what is remembered, or the
  /// likeliest latent variables, the last action and its reward.
  private var startArrays: [NamedArray] {
    guard let memory = knowledge(adaptation, learned?.arrays)?.actor.memory, learned != nil else {
      return []
    }
    let width = policy.network.memoryWidth
    let columns = { (range: Range<Int>) in Variable(memory).columns(range).value }
    var arrays = [NamedArray(Self.startPrefix + "memory", columns(0..<width))]
    if policy.inputs == .history {
      let action = width..<width + policy.actionWidth
      arrays += [
        NamedArray(Self.startPrefix + "lastAction", columns(action)),
        NamedArray(
          Self.startPrefix + "lastReward", columns(action.upperBound..<action.upperBound + 1)),
      ]
    }
    return arrays
  }

  private func learnedArrays(_ file: Checkpoint) throws -> [String: Tensor<Float>] {
    var found: [String: Tensor<Float>] = [:]
    for array in file.arrays where array.name.hasPrefix(Self.learnedPrefix) {
      guard array.shape.count == 2, array.shape[0] == 1 else {
        throw FolderDamage(
          "has \(quoted(array.name, limit: 80)) of shape \(array.shape), expected a row")
      }
      let shape = Shape(1, array.shape[1])
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
