import Differentiation
import EnvironmentKit
import PointNavigation
import Policies
import Randomness
import Rollouts
import Testing

@Suite struct CollectorTests {
  /// Goals wide apart and easily met: some episodes end in their first steps, others never.
  private func navigation() throws -> Setup {
    try Setup(
      PointNavigation.self, ["goalTolerance": .number(0.25), "horizon": .integer(20)])
  }

  @Test("The same name gives the same bits whatever was collected before")
  func repeatable() throws {
    let used = try navigation()
    _ = try used.collect(8, seed: 9, task: 3)
    _ = try used.collect(2, seed: 5, task: 1, phase: 1)
    for count in [8, 5, 1] {
      let fresh = try navigation()
      #expect(try used.collect(count).contents == fresh.collect(count).contents)
    }
  }

  @Test("Every part of the name changes what is collected")
  func names() throws {
    let setup = try navigation()
    let task = try setup.task()
    let names = [
      CollectionName(seed: 1, iteration: 1, task: 1, phase: 1),
      CollectionName(seed: 2, iteration: 1, task: 1, phase: 1),
      CollectionName(seed: 1, iteration: 2, task: 1, phase: 1),
      CollectionName(seed: 1, iteration: 1, task: 2, phase: 1),
      CollectionName(seed: 1, iteration: 1, task: 1, phase: 2),
    ]
    let actions = try names.map {
      try setup.collector.collect(
        4, task: task, by: Actor(setup.policy, parameters: setup.parameters), name: $0
      )
      .contents[1]
    }
    #expect(Set(actions).count == names.count)
  }

  @Test("Episodes stand without gaps, and end at their goal or the time limit")
  func compact() throws {
    let setup = try navigation()
    var terminated: Set<Bool> = []
    for index in 0..<6 {
      let episodes = try setup.collect(task: index)
      #expect(episodes.count == 8)
      #expect(episodes.starts.first == 0 && episodes.starts.last == episodes.stepCount)
      #expect(episodes.observations.shape == Shape(episodes.stepCount, 2))
      #expect(episodes.finalObservations.shape == Shape(8, 2))
      for episode in 0..<8 {
        let length = episodes.steps(of: episode).count
        #expect(length >= 1 && length <= 20)
        #expect(episodes.terminated[episode] || length == 20)
      }
      terminated.formUnion(episodes.terminated)
    }
    #expect(terminated == [true, false])
  }

  @Test("A world that is driven alone by the same actions gives what was collected")
  func replay() throws {
    let setup = try navigation()
    for index in 0..<4 {
      let episodes = try setup.collect(task: index)
      let worlds = try setup.environment.makeWorlds(count: 1)
      try worlds.setTask(try setup.task(index))
      for episode in 0..<episodes.count { try expectReplay(episodes, episode, worlds) }
    }
  }

  private func expectReplay(_ episodes: Episodes, _ episode: Int, _ worlds: any WorldGroup) throws {
    guard case .continuous(let actions) = episodes.actions else {
      Issue.record("actions are not continuous")
      return
    }
    let row: [Int32] = [0]
    let stream = [RandomStream(seed: 0, purpose: .environment)]
    var seen: [Float] = [.nan, .nan]
    var rewards: [Float] = [.nan]
    var ended = [false]
    var observations = seen.mutableSpan
    try worlds.reset(worlds: row.span, streams: stream.span, observations: &observations)
    let steps = episodes.steps(of: episode)
    for step in steps {
      #expect(seen == episodes.observations.rows(step..<step + 1).elements)
      let action = actions.rows(step..<step + 1).elements
      var observations = seen.mutableSpan
      var reward = rewards.mutableSpan
      var flag = ended.mutableSpan
      try worlds.step(
        worlds: row.span, actions: action.span, observations: &observations, rewards: &reward,
        terminated: &flag)
      #expect(rewards[0] == episodes.rewards[step])
      #expect(ended[0] == (step == steps.upperBound - 1 && episodes.terminated[episode]))
    }
    #expect(seen == episodes.finalObservations.rows(episode..<episode + 1).elements)
  }

  @Test("Actions are the policy's mean plus its deviation times the stream's normal draws")
  func actions() throws {
    let setup = try navigation()
    let episodes = try setup.collect()
    setup.expectActions(of: episodes)
  }

  private func failure(_ setup: Setup, parameters: Tensor<Float>? = nil) throws -> String {
    let error = #expect(throws: NonFiniteValue.self) {
      _ = try setup.collector.collect(
        4, task: try setup.task(),
        by: Actor(setup.policy, parameters: parameters ?? setup.parameters),
        name: CollectionName(seed: 1, iteration: 7, task: 5, phase: 1))
    }
    let description = error?.description ?? ""
    #expect(!description.contains("\n"))
    #expect(description.contains("task 5") && description.contains("iteration 7"))
    #expect(description.contains("after 1 adaptation step"))
    return description
  }

  @Test("A parameter that is not a number gives one line that names the action")
  func parameterNaN() throws {
    let setup = try navigation()
    var elements = setup.parameters.elements
    elements[3] = .nan
    let description = try failure(
      setup, parameters: Tensor(setup.parameters.shape, elements))
    #expect(description.hasPrefix("the action is not a finite number in point-navigation"))
    #expect(description.hasSuffix("episode 0, step 0"))
  }

  @Test(
    "A NaN of the environment gives one line that names what and when",
    arguments: [("reward", 3), ("observation", 3), ("first observation", 0)])
  func environmentNaN(quantity: String, step: Int) throws {
    let setup = try Setup(
      ScriptedWorld.self, ["failingStep": .integer(step), "failure": .string(quantity)])
    let description = try failure(setup)
    #expect(description.hasPrefix("the \(quantity) is not a finite number in scripted-world"))
    #expect(description.hasSuffix("step \(step)"))
  }

  @Test("After a failure the collector gives the bits of a fresh one")
  func afterFailure() throws {
    let used = try navigation()
    _ = try failure(used, parameters: Tensor(used.parameters.shape, repeating: .nan))
    #expect(try used.collect().contents == navigation().collect().contents)
  }

  @Test("A task of another environment is refused")
  func foreignTask() throws {
    let setup = try navigation()
    let foreign = try Setup(ScriptedWorld.self).task()
    #expect(throws: EnvironmentError.self) {
      _ = try setup.collector.collect(
        1, task: foreign, by: Actor(setup.policy, parameters: setup.parameters),
        name: CollectionName(seed: 1, iteration: 1, task: 0, phase: 0))
    }
  }
}
