internal import Foundation
internal import Randomness

/// An environment with its parameters: what the collector and the commands see.
public struct AnyEnvironment: Sendable {
  /// The name in configurations.
  public let name: String
  /// One line on what is to be done.
  public let summary: String
  /// The shared library that it comes from; nil for one that is built in.
  public let plugin: String?
  /// Tells whether the code that it runs is the same, wherever that stands; nil for an environment of Fledge's
  /// own, whose version tells.
  public internal(set) var content: String?
  /// Observations, actions and the horizon.
  public let specification: EnvironmentSpecification
  /// Every parameter, with defaults filled in: what a resolved configuration records.
  public let parameters: [String: ParameterValue]

  /// Every task but the shifted ones where they are finitely many, otherwise nil.
  public internal(set) var allTasks: [AnyTask]? { didSet { trainingTasks = allTasks } }
  /// Every task that training draws where they are finitely many, each once, otherwise nil.
  public private(set) var trainingTasks: [AnyTask]?
  /// All tasks of each split where the environment lists them, otherwise nil.
  public internal(set) var listedTasks: [TaskSplit: [AnyTask]]? {
    didSet { trainingTasks = listedTasks?[.train] ?? trainingTasks }
  }
  /// Whether there are tasks outside of the training range.
  public internal(set) var hasShiftedTasks = true
  /// What its users should know of it, a sentence each.
  public internal(set) var notes: [String] = []
  /// Why no policy should be trained on it as it is; nil where nothing stands against it.
  public internal(set) var whyNotTrainable: String?

  /// The parts that tasks can be drawn from.
  public var splits: [TaskSplit] {
    TaskSplit.allCases.filter { hasShiftedTasks || $0 != .shifted }
  }

  private var sample: TaskSampler
  private let decode: @Sendable (Data) throws -> AnyTask
  private var group: @Sendable (Int) throws -> any WorldGroup
  /// Makes worlds that draw themselves; nil where the environment can't, or has scenes for that.
  private let shownGroup: (@Sendable (Int) throws -> any WorldGroup)?
  private let optimum: @Sendable (AnyTask) -> Double?
  private let remake: @Sendable () throws -> AnyEnvironment

  init<World: Environment>(
    _ type: World.Type, name: String, parameters given: [String: ParameterValue]
  ) throws(EnvironmentError) {
    self = try naming(name) {
      let resolved = try ResolvedParameters<World.Parameters>(given)
      return try AnyEnvironment(World.self, name: name, resolved: resolved)
    }
  }

  private init<World: Environment>(
    _ type: World.Type, name: String, resolved: ResolvedParameters<World.Parameters>
  ) throws {
    let parameters = resolved.parameters
    let specification = try World.specification(parameters: parameters)
    let tasks = try World.tasks(parameters: parameters)
    _ = try World(parameters: parameters)
    self.name = name
    plugin = nil
    summary = World.summary
    self.specification = specification
    self.parameters = resolved.table
    allTasks = try tasks.all?.map { try AnyTask($0, environment: name) }
    trainingTasks = allTasks
    sample = { split, random in
      try AnyTask(tasks.sample(split: split, random: &random), environment: name)
    }
    decode = { data in
      let task = try JSONDecoder().decode(World.Task.self, from: data)
      try World.validate(task: task, parameters: parameters)
      return try AnyTask(task, environment: name)
    }
    group = { count in
      try Worlds<World>(
        count: count, name: name, parameters: parameters, specification: specification)
    }
    shownGroup = nil
    remake = { [table = resolved.table] in
      try AnyEnvironment(World.self, name: name, parameters: table)
    }
    optimum = { task in
      (task.value as? World.Task).flatMap { World.optimalReturn(of: $0, parameters: parameters) }
    }
  }

  /// An environment that is run by other code than Swift's.
  init(
    name: String, summary: String, plugin: String?, content: String?,
    specification: EnvironmentSpecification, parameters: [String: ParameterValue],
    sample: @escaping TaskSampler,
    decode: @escaping @Sendable (Data) throws -> AnyTask,
    group: @escaping @Sendable (Int) throws -> any WorldGroup,
    shownGroup: (@Sendable (Int) throws -> any WorldGroup)? = nil,
    remake: @escaping @Sendable () throws -> AnyEnvironment
  ) {
    self.name = name
    self.summary = summary
    self.plugin = plugin
    self.content = content
    self.specification = specification
    self.parameters = parameters
    allTasks = nil
    self.sample = sample
    self.decode = decode
    self.group = group
    self.shownGroup = shownGroup
    self.remake = remake
    optimum = { _ in nil }
  }

  /// The name, with the library that it comes from: for messages about what its code does.
  public var origin: String { plugin.map { "\(name) of plugin '\($0)'" } ?? name }

  /// Draws tasks.
  ///
  /// Task `i` comes from the stream named (seed, iteration, i, split), so that the first tasks are
  /// the same for any count, and no two splits share a stream.
  ///
  /// - Parameters:
  ///   - split: The part of the tasks to draw from.
  ///   - count: How many.
  ///   - seed: The seed of the run or of the evaluation.
  ///   - iteration: The meta-iteration, 0 for a fixed set.
  /// - Returns: The tasks in order.
  /// - Throws: `EnvironmentError` for a task that can't be written as JSON, or a split without tasks.
  public func sampleTasks(
    split: TaskSplit, count: Int, seed: UInt64, iteration: Int = 0
  ) throws(EnvironmentError) -> [AnyTask] {
    guard splits.contains(split) else {
      throw EnvironmentError(
        "it has no \(split.rawValue) tasks; expected "
          + splits.map(\.rawValue).joined(separator: ", "), environment: name)
    }
    return try naming(name) {
      try drawTasks(split: split, count: count, seed: seed, iteration: iteration, sample)
    }
  }

  /// The same environment with one of its tasks kept from training and validation: the test split has that
  /// task alone.
  ///
  /// - Parameter index: The task's place in ``allTasks``.
  /// - Returns: The environment.
  /// - Throws: `EnvironmentError` where tasks are not finitely many, at least two, or the index isn't one.
  public func leavingOut(_ index: Int) throws(EnvironmentError) -> AnyEnvironment {
    if listedTasks != nil {
      throw EnvironmentError(
        "its tasks are listed split by split, so that none can be left out", environment: name)
    }
    let allTasks = allTasks ?? []
    try requireMember(index, of: allTasks.count, "tasks", environment: name)
    let (left, others) = (allTasks[index], allTasks.filter { $0 != allTasks[index] })
    var environment = self
    environment.trainingTasks = others
    environment.sample = { [sample] split, random in
      switch split {
      case .shifted: try sample(split, &random)
      case .test: left
      case .train, .validation: others[random.index(below: others.count)]
      }
    }
    return environment
  }

  /// The same environment with a pool of finitely many training tasks, which all training tasks are drawn from
  /// then: what training that overfits its tasks shows with.
  ///
  /// - Parameters:
  ///   - count: The size of the pool, at least 1.
  ///   - seed: Of the run; the pool is what it draws of training tasks in iteration 0, or of listed ones as many
  ///     others.
  /// - Returns: The environment.
  /// - Throws: `EnvironmentError` for a task that can't be written as JSON.
  public func limitingTraining(
    to count: Int, seed: UInt64
  ) throws(EnvironmentError) -> AnyEnvironment {
    precondition(count >= 1, "a pool needs at least 1 task, got \(count)")
    var limited = self
    let pool: [AnyTask]
    if let listed = listedTasks?[.train] {
      var random = RandomStream(seed: seed, phase: TaskSplit.train.phase, purpose: .tasks)
      pool = listed.chosen(count, &random)
      limited.listedTasks?[.train] = pool
    } else {
      pool = try sampleTasks(split: .train, count: count, seed: seed)
      var seen: Set<String> = []
      limited.trainingTasks = pool.filter { seen.insert($0.json).inserted }
    }
    limited.sample = drawingTraining(from: pool, sample)
    return limited
  }

  /// Makes the environment once more, with the same parameters and nothing of this one's: in other processes,
  /// where it has any.
  ///
  /// - Returns: The environment with all of its tasks.
  /// - Throws: `EnvironmentError` where it can't be made.
  public func madeAnew() throws(EnvironmentError) -> AnyEnvironment {
    try naming(name) { try remake() }
  }

  /// The same environment with worlds that can be pictured, which may take more time and memory, where it has no
  /// scenes and can draw itself.
  public var shown: AnyEnvironment {
    var environment = self
    environment.group = shownGroup ?? group
    return environment
  }

  /// Reads a task back.
  ///
  /// - Parameter json: The task as ``AnyTask/json`` gives it.
  /// - Returns: The task, checked by the environment.
  /// - Throws: `EnvironmentError` for a text that isn't such a task.
  public func task(json: String) throws(EnvironmentError) -> AnyTask {
    try AnyTask.read(json, environment: name, decode)
  }

  /// The return of the best behaviour on a task.
  ///
  /// - Parameter task: A task of this environment.
  /// - Returns: The undiscounted return of an episode, nil where it isn't known.
  public func optimalReturn(of task: AnyTask) -> Double? { optimum(task) }

  /// Makes worlds for one worker.
  ///
  /// - Parameter count: How many, at least 1.
  /// - Returns: A group with its own state, without a task yet.
  /// - Throws: `EnvironmentError` where a world can't be made.
  public func makeWorlds(count: Int) throws(EnvironmentError) -> any WorldGroup {
    guard count >= 1 else {
      throw EnvironmentError("\(count) worlds asked for; at least 1 is needed", environment: name)
    }
    return try naming(name) { try group(count) }
  }

  /// Shows how an episode of a task begins.
  ///
  /// - Parameters:
  ///   - task: A task of this environment.
  ///   - seed: The seed of the episode.
  /// - Returns: The world after its reset, nil for an environment that has no scenes.
  /// - Throws: `EnvironmentError` where a world can't be made.
  public func initialScene(of task: AnyTask, seed: UInt64) throws(EnvironmentError) -> Scene? {
    try beginning(of: task, seed: seed).scene(of: 0)
  }

  /// Pictures how an episode of a task begins.
  ///
  /// - Parameters:
  ///   - task: A task of this environment.
  ///   - seed: The seed of the episode.
  /// - Returns: The bytes of a PNG file, nil for an environment that doesn't draw itself.
  /// - Throws: `EnvironmentError` where a world can't be made or drawn.
  public func initialPicture(of task: AnyTask, seed: UInt64) throws(EnvironmentError) -> [UInt8]? {
    let group = try shown.beginning(of: task, seed: seed)
    return try naming(origin) { try group.picture(of: 0) }
  }

  /// A world at the beginning of an episode.
  private func beginning(
    of task: AnyTask, seed: UInt64
  ) throws(EnvironmentError) -> any WorldGroup {
    let group = try makeWorlds(count: 1)
    try group.setTask(task)
    let (worlds, streams) = ([0 as Int32], [RandomStream(seed: seed, purpose: .environment)])
    var observation = [Float](repeating: 0, count: specification.observationWidth)
    var span = observation.mutableSpan
    do {
      try group.reset(worlds: worlds.span, streams: streams.span, observations: &span)
    } catch {
      throw EnvironmentError(error.description, environment: origin)
    }
    return group
  }
}
