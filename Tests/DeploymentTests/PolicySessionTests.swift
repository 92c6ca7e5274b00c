import Adaptation
import Deployment
import Differentiation
import EnvironmentKit
import MetaLearning
import Policies
import Randomness
import Rollouts
import Testing

@Suite struct PolicySessionTests {
  /// An episode of a session in a world of its own, with the streams that an evaluation's first task has.
  private func episode(
    _ session: PolicySession, _ exports: Exports, _ mode: PolicySession.Mode, phase: Int, index: Int
  ) throws -> (rewards: [Float], actions: [Float]) {
    let (width, actionWidth) = session.widths
    let worlds = try exports.environment.makeWorlds(count: 1)
    try worlds.setTask(exports.task())
    var streams = [
      RandomStream(
        seed: 11, iteration: 0, task: 0, phase: phase, episode: index, purpose: .environment)
    ]
    var (observation, action) = (
      [Float](repeating: 0, count: width),
      [Float](
        repeating: 0, count: actionWidth)
    )
    var seen = observation.mutableSpan
    try worlds.reset(worlds: [Int32(0)].span, streams: streams.span, observations: &seen)
    var (rewards, actions): ([Float], [Float]) = ([], [])
    try session.begin(mode)
    var isOver = false
    while !isOver && rewards.count < exports.environment.specification.horizon {
      try session.act(observation, &action)
      var (reward, over) = ([Float(0)], [false])
      var seen = observation.mutableSpan
      var rewardSpan = reward.mutableSpan
      var overSpan = over.mutableSpan
      try worlds.step(
        worlds: [Int32(0)].span, actions: action.span, observations: &seen, rewards: &rewardSpan,
        terminated: &overSpan)
      try session.observe(reward: reward[0])
      rewards.append(reward[0])
      actions += action
      isOver = over[0]
    }
    try session.end(observation, terminated: isOver)
    streams = []
    return (rewards, actions)
  }

  @Test(
    "A session's episodes and what it learns of them are an evaluation's",
    arguments: Exports.methods)
  func evaluation(method: OuterMethodName) throws {
    let exports = try Exports(method)
    let session = try PolicySession(exports.exported, seed: 11)
    try follow(exports.exported.adaptation, session, exports)
  }

  private func follow<Kind: Adaptation>(
    _ adaptation: Kind, _ session: PolicySession, _ exports: Exports
  ) throws {
    var progress = adaptation.begin()
    for phase in 0..<3 {
      let actor = adaptation.explorer(progress) ?? adaptation.actor(progress)
      let expected = try exports.collected(1, by: actor, phase: phase)
      let found = try episode(session, exports, .explore, phase: phase, index: 0)
      #expect(found.rewards.map(\.bitPattern) == expected.rewards.map(\.bitPattern))
      adaptation.learn(&progress, from: expected, repetitions: 1)
      #expect(session.keptEpisodes == 1)
      try session.adapt()
      #expect(session.keptEpisodes == 0)
      let learned = session.current.learned?.arrays ?? [:]
      for (name, array) in adaptation.arrays(of: progress) ?? [:] {
        #expect(learned[name]?.bits == array.bits, "\(name) after \(phase + 1) episodes")
      }
    }
    // What was written is what goes on.
    let folder = TemporaryFolder()
    try session.current.write(to: folder.path)
    let read = try ExportedPolicy(folder: folder.path)
    #expect(
      read.learned?.arrays.mapValues(\.bits) == session.current.learned?.arrays.mapValues(\.bits))
    #expect(read.learned?.episodes == 3)
    try session.forget()
    #expect(session.current.learned == nil)
  }

  @Test(
    "The likeliest action is the mean, or the choice of the greatest probability, within bounds")
  func likeliest() throws {
    for discrete in [false, true] {
      let exports = try Exports("trpo", discrete: discrete)
      let session = try PolicySession(exports.exported, seed: 1)
      let policy = exports.exported.policy
      let observation = [Float](repeating: 0.3, count: session.widths.observation)
      var action = [Float](repeating: 0, count: session.widths.action)
      try session.begin(.likeliest)
      try session.act(observation, &action)
      let outputs = policy.outputs(
        policy.layout.constants(of: exports.exported.parameters),
        .init(Tensor(Shape(1, observation.count), observation)))
      let location = outputs.location.value.elements
      if policy.distribution == .categorical {
        #expect(Int(action[0]) == location.firstIndex(of: location.max() ?? 0))
      } else {
        #expect(zip(action, location).allSatisfy { abs($0 - $1) < 1e-6 })
      }
    }
  }

  @Test("A recorded episode is as good as one that was acted, whether its draws are known or not")
  func recorded() throws {
    let exports = try Exports("trpo")
    let episodes = try exports.collected(
      2,
      by: Actor(
        exports.exported.policy, parameters: exports.exported.parameters)
    ).histories
    var expected = exports.exported
    try expected.adapt(to: episodes)
    for knowsDraws in [true, false] {
      let session = try PolicySession(exports.exported, seed: 1)
      for episode in episodes {
        // Actions of this environment reach from -1 to 1, so that nothing is scaled.
        try session.record(
          steps: episode.rewards.count, observations: episode.observations,
          actions: episode.actions, drawn: knowsDraws ? episode.actions : nil,
          rewards: episode.rewards, terminated: episode.terminated)
      }
      try session.adapt()
      #expect(session.current.parameters.bits == expected.parameters.bits)
    }
  }

  @Test("An action that is not finite is refused, and counts for nothing")
  func overflow() throws {
    let sound = try Exports("trpo") { $0.policy.activation = .relu }.exported
    let exported = ExportedPolicy(
      origin: sound.origin, specification: sound.specification, settings: sound.settings,
      policy: sound.policy, initialization: sound.initialization.scaled(by: 1e20),
      logStepSizes: sound.logStepSizes, rule: sound.rule)
    let session = try PolicySession(exported, seed: 1)
    var action: [Float] = [0, 0]
    try session.begin(.explore)
    let error = #expect(throws: PolicyMisuse.self) { try session.act([3e38, -3e38], &action) }
    #expect(error?.description.contains("not a finite number") == true)
    // Nothing was done that could have a reward.
    #expect(throws: PolicyMisuse.self) { try session.observe(reward: 1) }
    try session.end([0, 0], terminated: false)
    #expect(session.keptEpisodes == 0)
  }

  @Test("Another task, or a folder that goes on, is explored with other noise")
  func streams() throws {
    let exports = try Exports("trpo")
    let session = try PolicySession(exports.exported, seed: 11)
    let first = try episode(session, exports, .explore, phase: 0, index: 0)
    try session.adapt()
    let continued = try PolicySession(session.current, seed: 11)
    try session.forget()
    let other = try episode(session, exports, .explore, phase: 0, index: 0)
    let later = try episode(continued, exports, .explore, phase: 0, index: 0)
    #expect(first.actions != other.actions && first.actions != later.actions)
  }

  @Test("Wrong use is told in a line, and changes nothing")
  func misuse() throws {
    let session = try PolicySession(Exports("trpo").exported, seed: 1)
    let observation: [Float] = [0, 0]
    var action: [Float] = [0, 0]
    func refused(_ part: String, _ body: () throws -> Void) {
      let error = #expect(throws: PolicyMisuse.self) { try body() }
      #expect(error?.description.contains(part) == true, "\(error?.description ?? "")")
    }
    refused("begin one before acting") { try session.act(observation, &action) }
    refused("act first") { try session.observe(reward: 1) }
    refused("no episode goes on") { try session.end(observation, terminated: true) }
    refused("no episode is kept") { try session.adapt() }
    try session.begin(.explore)
    refused("end it before the next") { try session.begin(.draw) }
    refused("end it before adapting") { try session.adapt() }
    refused("end it before the task is forgotten") { try session.forget() }
    refused("end it before there is other room") { try session.makeRoom(episodes: 1, steps: 1) }
    refused("observation 1 is nan") { try session.act([0, .nan], &action) }
    try session.act(observation, &action)
    refused("observe it before the next") { try session.act(observation, &action) }
    refused("observe it before the end") { try session.end(observation, terminated: false) }
    refused("the reward is inf") { try session.observe(reward: .infinity) }
    try session.observe(reward: 0)
    try session.end(observation, terminated: false)
    for steps in [0, 1001] {
      refused("steps is \(steps), expected") { try session.adapt(steps: steps) }
    }
    refused("at least 0 of at least 1") { try session.makeRoom(episodes: -1, steps: 1) }
    refused("more than a gigabyte") { try session.makeRoom(episodes: .max, steps: .max - 1) }
    try session.makeRoom(episodes: 1, steps: 2)
    refused("there is room for 1 episodes of 1 to 2 steps") {
      try session.record(
        steps: 3, observations: [0, 0, 0, 0, 0, 0, 0, 0], actions: [0, 0, 0, 0, 0, 0], drawn: nil,
        rewards: [0, 0, 0], terminated: false)
    }
    try session.begin(.explore)
    for _ in 0..<2 {
      try session.act(observation, &action)
      try session.observe(reward: 0)
    }
    refused("has had 2 steps") { try session.act(observation, &action) }
    try session.end(observation, terminated: false)
    refused("as many as there is room for") { try session.begin(.explore) }
    // Others aren't kept, and go on for ever.
    try session.begin(.draw)
    for _ in 0..<100 {
      try session.act(observation, &action)
      try session.observe(reward: 0)
    }
    try session.end(observation, terminated: true)
    #expect(session.keptEpisodes == 1)
  }
}
