import AlgorithmTesting
import EnvironmentKit
import Experiments
import Foundation
import MetaLearning
import Parallel
import PointNavigation
import RunRecords
import Testing
import Training

@Suite struct FollowersTests {
  private func registry() throws -> EnvironmentRegistry {
    var environments = EnvironmentRegistry()
    try environments.register(PointNavigation.self)
    return environments
  }

  private func experiment() throws -> Experiment {
    var configuration = Configuration()
    configuration.environment.parameters = ["horizon": .integer(5)]
    configuration.policy.hiddenSizes = [4]
    configuration.inner.episodes = 2
    configuration.outer.method = .adam
    configuration.outer.tasks = 5
    configuration.outer.iterations = 3
    configuration.run.validationTasks = 4
    configuration.run.checkpointEvery = 2
    return try Experiment(configuration, source: "test", environments: registry())
  }

  /// Trains in a directory of its own; of each process what it threw, "" for nothing.
  private func train(
    by processes: Int, at path: String, ignorant: Int? = nil
  ) throws -> [String] {
    try inCrew(
      of: processes, errors: [RecordError.self, EnvironmentError.self]
    ) { crew in
      guard crew.isLeader else {
        var order = crew.hear()
        #expect(Order(rawValue: order.read()) == .train)
        followTraining(
          &order, in: crew,
          environments: crew.rank == ignorant ? EnvironmentRegistry() : try registry(),
          algorithms: Algorithms())
        // Whatever became of it, the next order is heard.
        var end = crew.hear()
        #expect(Order(rawValue: end.read()) == .end)
        return ""
      }
      var failure = ""
      do {
        _ = try TrainingRun(starting: experiment(), at: path, in: crew).train()
      } catch {
        failure = "\(error)"
      }
      var end = Message()
      end.write(Order.end.rawValue)
      crew.tell(end)
      return failure
    }.map { try $0.get() }
  }

  @Test("Followers train along, and the leader alone records", arguments: [2, 3, 5])
  func together(processes: Int) throws {
    let directory = FileManager.default.temporaryDirectory.path + "/followers-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    #expect(try train(by: 1, at: directory + "/alone") == [""])
    #expect(
      try train(by: processes, at: directory + "/together")
        == [String](repeating: "", count: processes))
    let runs = try ["alone", "together"].map { try RunDirectory.open(directory + "/" + $0) }
    #expect(try runs[0].checkpoint(3).arrays == runs[1].checkpoint(3).arrays)
    #expect(try runs[0].metrics().map(\.returns) == runs[1].metrics().map(\.returns))
  }

  @Test(
    "What stands in one process's way is the leader's line, names it, and leaves nobody waiting",
    arguments: [1, 2])
  func refused(ignorant: Int) throws {
    let directory = FileManager.default.temporaryDirectory.path + "/followers-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let told = try train(by: 3, at: directory + "/run", ignorant: ignorant)
    #expect(told[0].hasPrefix("process \(ignorant) on "), "\(told)")
    #expect(told[0].contains("point-navigation") && told.dropFirst().allSatisfy(\.isEmpty))
    #expect(try RunDirectory.open(directory + "/run").facts().status == .failed)
  }

  @Test("More processes than tasks are refused before anything is written")
  func superfluous() throws {
    let path = FileManager.default.temporaryDirectory.path + "/followers-\(UUID().uuidString)"
    let results = inCrew(of: 6) { crew in
      guard crew.isLeader else { return "" }
      do {
        _ = try TrainingRun(starting: experiment(), at: path, in: crew)
        return "begun"
      } catch {
        return "\(error)"
      }
    }
    #expect(try results[0].get().contains("outer.tasks is 5, which gives 6 processes nothing"))
    #expect(!FileManager.default.fileExists(atPath: path))
  }
}
