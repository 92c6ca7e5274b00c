import Adaptation
import Deployment
import Differentiation
import EnvironmentKit
import Foundation
import MetaLearning
import Models
import Mutation
import Policies
import Rollouts
import RunRecords
import Testing

@Suite struct FolderTests {
  @Test("What is written is read, to the last bit", arguments: Exports.methods)
  func roundTrip(method: OuterMethodName) throws {
    for discrete in method == .pearl ? [false] : [false, true] {
      let exported = try Exports(method, discrete: discrete).exported
      let folder = TemporaryFolder()
      try exported.write(to: folder.path)
      let read = try ExportedPolicy(folder: folder.path)
      #expect(read.initialization.bits == exported.initialization.bits)
      #expect(read.logStepSizes.bits == exported.logStepSizes.bits)
      #expect(read.specification.observation == exported.specification.observation)
      #expect(read.specification.action == exported.specification.action)
      #expect(read.specification.horizon == exported.specification.horizon)
      #expect(read.origin == exported.origin && read.rule == exported.rule)
      #expect(read.settings.inner == exported.settings.inner)
      #expect(read.settings.policy == exported.settings.policy)
      #expect(read.settings.advantages == exported.settings.advantages)
      #expect(read.policy == exported.policy && read.learned == nil)
    }
  }

  @Test("A damaged folder is refused in a line that names the file, and never ends the process")
  func hostile() throws {
    let exported = try Exports("trpo").exported
    let folder = TemporaryFolder()
    try exported.write(to: folder.path)
    var mutations = Mutations(seed: 4)
    for name in ["policy.json", "policy.safetensors"] {
      let file = "\(folder.path)/\(name)"
      let sound = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
      for _ in 0..<Mutations.count(300) {
        let bytes = mutations.mutated(sound)
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        do {
          let read = try ExportedPolicy(folder: folder.path)
          // What is read can be used.
          let session = try? PolicySession(read, seed: 1)
          var action = [Float](repeating: 0, count: read.specification.actionWidth)
          try? session?.begin(.draw)
          try? session?.act(
            [Float](repeating: 0, count: read.specification.observationWidth), &action)
        } catch let error as RecordError {
          #expect(error.message.contains(name), "\(error.message)")
          #expect(!error.message.contains("\n"))
        }
      }
      try Data(sound).write(to: URL(fileURLWithPath: file))
    }
    #expect(throws: Never.self) { try ExportedPolicy(folder: folder.path) }
  }

  @Test("What a folder lacks or has of another policy is named")
  func refusals() throws {
    let folder = TemporaryFolder()
    try Exports("trpo").exported.write(to: folder.path)
    let file = "\(folder.path)/policy.json"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    for (from, to, part) in [
      ("\"version\": 1", "\"version\": 2", "has version 2, expected 1"),
      ("fledge-policy", "other", "its format isn't fledge-policy"),
      ("\"method\": \"trpo\"", "\"method\": \"magic\"", "trained by \"magic\""),
      ("\"hiddenSizes\":[8]", "\"hiddenSizes\":[9]", "policy.safetensors: the checkpoint's"),
      ("\"hiddenSizes\":[8]", "\"hiddenSizes\":[8,\"x\"]", "policy.hiddenSizes"),
      ("\"network\":\"perceptron\"", "\"network\":\"perceptrom\"", "did you mean perceptron?"),
      ("\"learnedSteps\":2", "\"learnedSteps\":3", "has 3 learned step sizes, expected 2"),
      ("\"horizon\": 12", "\"horizon\": 0", "has \"horizon\" \"0\", expected an integer in 1..."),
      ("\"learned\": null", "\"learnt\": null", "lacks \"learned\""),
    ] {
      try text.replacingOccurrences(of: from, with: to).write(
        toFile: file, atomically: true, encoding: .utf8)
      let error = #expect(throws: RecordError.self) { try ExportedPolicy(folder: folder.path) }
      #expect(error?.message.contains(part) == true, "\(error?.message ?? "") for \(to)")
    }
    #expect(throws: RecordError.self) { try ExportedPolicy(folder: folder.path + "/nothing") }
  }

  @Test(
    "What a memory begins with stands in the folder; rows of something else don't",
    arguments: ["rl2", "pearl"] as [OuterMethodName])
  func start(method: OuterMethodName) throws {
    let exports = try Exports(method)
    let policy = exports.exported.policy
    var adapted = exports.exported
    let actor = Actor(policy, parameters: adapted.parameters)
    let width = exports.environment.specification.observationWidth
    try adapted.adapt(to: exports.collected(1, by: actor).histories(width: width))
    let folder = TemporaryFolder()
    try adapted.write(to: folder.path)
    let file = folder.path + "/policy.safetensors"
    var arrays = try Checkpoint(file: file)
    #expect(arrays["start.memory"]?.shape == [1, policy.network.memoryWidth])
    #expect((arrays["start.lastAction"]?.shape == [1, 2]) == (method == .rl2))
    #expect((arrays["start.lastReward"]?.shape == [1, 1]) == (method == .rl2))
    #expect(try ExportedPolicy(folder: folder.path).learned?.episodes == 1)
    for index in arrays.arrays.indices where arrays.arrays[index].name.hasPrefix("learned.") {
      let (name, shape) = (arrays.arrays[index].name, arrays.arrays[index].shape)
      arrays.arrays[index] = NamedArray(name, shape: [0, shape[1]], .float([]))
    }
    try arrays.write(to: file)
    let error = #expect(throws: RecordError.self) { try ExportedPolicy(folder: folder.path) }
    #expect(error?.message.contains("expected a row") == true, "\(error?.message ?? "")")
  }

  @Test("A folder with a README of something else is left alone")
  func foreign() throws {
    let folder = TemporaryFolder()
    try FileManager.default.createDirectory(
      atPath: folder.path, withIntermediateDirectories: true)
    try "mine".write(toFile: folder.path + "/README.md", atomically: true, encoding: .utf8)
    let exported = try Exports("trpo").exported
    #expect(throws: RecordError.self) { try exported.write(to: folder.path) }
    #expect(try String(contentsOfFile: folder.path + "/README.md", encoding: .utf8) == "mine")
    try FileManager.default.removeItem(atPath: folder.path + "/README.md")
    for _ in 0..<2 { try exported.write(to: folder.path) }
  }
}
