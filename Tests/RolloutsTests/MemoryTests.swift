import Differentiation
import EnvironmentKit
import Models
import PointNavigation
import Policies
import Randomness
import Rollouts
import Testing

/// What a policy remembers, from step to step and from episode to episode.
@Suite struct MemoryTests {
  /// Goals easily met: episodes end early, and those that go on close their ranks.
  private func navigation() throws -> Setup {
    try Setup(
      PointNavigation.self, ["goalTolerance": .number(0.5), "horizon": .integer(12)],
      network: .gatedRecurrent)
  }

  @Test("The policy acts by all it has seen of its own episode")
  func withinEpisodes() throws {
    let setup = try navigation()
    let episodes = try setup.collect()
    #expect(Set(episodes.starts.indices.dropLast().map { episodes.steps(of: $0).count }).count > 1)
    setup.expectActions(of: episodes)
  }

  @Test("What is remembered after an episode goes on in the next, and only where it is handed on")
  func acrossEpisodes() throws {
    let setup = try navigation()
    let first = try setup.collect()
    let memory = try #require(first.memory)
    #expect(memory.shape == Shape(8, 6) && first.memoryBefore == nil)
    let next = try setup.collect(phase: 1, memory: memory)
    let cleared = try setup.collect(phase: 1)
    #expect(next.contents != cleared.contents)
    // As one sequence of two episodes.
    for episode in 0..<8 {
      let rows = [first, next].map { $0.observations.rows($0.steps(of: episode)) }
      let joined = Tensor(
        Shape(rows[0].shape.rows + rows[1].shape.rows, 2), rows.flatMap(\.elements))
      let parameters = setup.policy.layout.constants(of: setup.parameters)
      let whole = setup.policy.outputs(parameters, Sequences(joined)).location.value
      let apart = setup.policy.outputs(parameters, next.inputs).location.value
        .rows(next.steps(of: episode))
      let tail = whole.rows(rows[0].shape.rows..<whole.shape.rows)
      #expect(tail.adding(apart, scaledBy: -1).norm < 1e-5)
    }
  }

  @Test("The first episodes of a collection remember what collecting them alone does")
  func prefix() throws {
    let setup = try navigation()
    let memory = try #require(try setup.collect().memory)
    let few = try setup.collect(3, phase: 1, memory: memory.rows(0..<3))
    let prefix = try setup.collect(phase: 1, memory: memory).prefix(3)
    #expect(few.contents == prefix.contents)
    #expect(few.memory?.elements == prefix.memory?.elements)
    #expect(few.memoryBefore?.elements == prefix.memoryBefore?.elements)
  }
}
