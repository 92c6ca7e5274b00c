import EnvironmentKit
import Foundation
import Mutation
import Testing

@Suite struct TaskTests {
  private let environment: AnyEnvironment
  init() throws { environment = try EnvironmentDefinition(LineWorld.self).make() }

  @Test func `tasks don't depend on how many are drawn`() throws {
    let few = try environment.sampleTasks(split: .train, count: 3, seed: 1, iteration: 7)
    let many = try environment.sampleTasks(split: .train, count: 9, seed: 1, iteration: 7)
    #expect(Array(many.prefix(3)) == few)
  }

  @Test func `splits, seeds and iterations draw different tasks`() throws {
    var seen: Set<String> = []
    for split in TaskSplit.allCases {
      for seed in 1...2 as ClosedRange<UInt64> {
        for iteration in 0..<3 {
          for task in try environment.sampleTasks(
            split: split, count: 20, seed: seed, iteration: iteration)
          {
            #expect(seen.insert(task.json).inserted)
          }
        }
      }
    }
  }

  @Test func `a task survives being written and read`() throws {
    for task in try environment.sampleTasks(split: .test, count: 50, seed: 3) {
      #expect(try environment.task(json: task.json) == task)
      let nested = try JSONEncoder().encode(["task": task])
      #expect(String(decoding: nested, as: UTF8.self) == #"{"task":\#(task.json)}"#)
    }
  }

  @Test(arguments: [
    "", "{}", "[1]", #"{"target": "far"}"#, #"{"target": 5}"#, #"{"target": 1e99}"#,
  ])
  func `a text that is no task is refused in one line`(json: String) {
    let error = #expect(throws: EnvironmentError.self) { try environment.task(json: json) }
    #expect(error?.environment == "line-world")
    #expect(error?.description.contains("\n") == false)
  }

  @Test func `mutated tasks are read or refused`() throws {
    let task = try #require(environment.sampleTasks(split: .test, count: 1, seed: 3).first)
    var random = Mutations(seed: 7)
    for _ in 0..<Mutations.count(2000) {
      let json = String(decoding: random.mutated(Array(task.json.utf8)), as: UTF8.self)
      do throws(EnvironmentError) {
        _ = try environment.task(json: json)
      } catch {
        #expect(error.environment == "line-world")
      }
    }
  }
}
