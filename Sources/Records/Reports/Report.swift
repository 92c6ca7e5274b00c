public import Drawing
public import EnvironmentKit
internal import Foundation
public import RunRecords
internal import Statistics

/// Runs of some methods, measured on the same tasks: what a report is written of.
public struct Report: Sendable {
  /// A run with what its directory says.
  struct Run: Sendable {
    let method: String
    let directory: RunDirectory
    let facts: RunFacts
    let metrics: [IterationMetrics]
    let configuration: String
  }

  /// What all methods were measured on.
  public struct Setting: Sendable {
    /// The environment's name.
    public var environment: String
    /// The split that tasks came from.
    public var split: String
    /// Episodes for each step, and to measure with.
    public var episodes: Int
    /// The command that makes this report.
    public var command: String
    /// The tasks, `[task]`.
    public var tasks: [ParameterValue]
    /// The tasks in words, `[task]`, as replays call them.
    public var captions: [String]
    /// What to know about them.
    public var notes: [String]
    /// The units of a task's numbers, by key path.
    public var units: [String: String]

    /// What all methods were measured on.
    public init(
      environment: String, split: String, episodes: Int, command: String,
      tasks: [ParameterValue], captions: [String]? = nil, notes: [String] = [],
      units: [String: String] = [:]
    ) {
      self.units = units
      self.captions = captions ?? tasks.map(\.rounded.text)
      self.notes = notes
      self.environment = environment
      self.split = split
      self.episodes = episodes
      self.command = command
      self.tasks = tasks
    }
  }

  let setting: Setting
  let runs: [Run]
  let methods: [MethodResult]
  let perStep: Comparison?
  let perEpisode: Comparison
  let replays: [Replay]
  private let notices: [String]

  /// Gathers what a report shows.
  ///
  /// - Parameters:
  ///   - setting: What all methods were measured on.
  ///   - directories: The runs of each method.
  ///   - methods: Measured per step, or per episode where some take no steps; the first one is what the report is about.
  ///   - perStep: Their comparison; nil where some take no steps.
  ///   - perEpisode: Their comparison when they are measured per episode.
  ///   - replays: What the first run did on some tasks.
  ///   - notices: What to know about what is missing.
  /// - Throws: `RecordError` for a run that can't be read.
  public init(
    _ setting: Setting, directories: [(method: String, runs: [RunDirectory])],
    methods: [MethodResult], perStep: Comparison?, perEpisode: Comparison, replays: [Replay],
    notices: [String] = []
  ) throws {
    self.setting = setting
    runs = try directories.flatMap { method, directories in
      try directories.map {
        Run(
          method: method, directory: $0, facts: try $0.settledFacts(), metrics: try $0.metrics(),
          configuration: try $0.configurationText())
      }
    }
    self.methods = methods
    self.perStep = perStep
    self.perEpisode = perEpisode
    self.replays = replays
    self.notices = notices
  }

  /// What the methods come to: per step, where all take some.
  var comparison: Comparison { perStep ?? perEpisode }

  /// Tasks by how fast the first method adapts to them: by what it lost on the way, against the best
  /// return known.
  ///
  /// - Parameters:
  ///   - method: The method.
  ///   - optimum: The best return known of each task, an oracle's for example; nil without one.
  /// - Returns: All tasks, the fastest first.
  public static func tasksBySpeed(_ method: MethodResult, optimum: [Double]?) -> [Int] {
    let areas = Scores(method.curves.map(\.areas)).taskMeans
    let lost = areas.indices.map { (optimum?[$0] ?? 0) - areas[$0] }
    return areas.indices.sorted { (lost[$0], $0) < (lost[$1], $1) }
  }

  /// Writes `index.html`, which needs nothing besides; `figures/`: each figure as SVG and PDF, with the
  /// CSV file it was drawn from, and replays that are pictures; and `tables/`: all numbers of both comparisons.
  ///
  /// - Parameter directory: Made where there is none.
  /// - Returns: What to know about what is missing, a line for each reason.
  /// - Throws: `RecordError` where the system refuses.
  public func write(to directory: String) throws -> [String] {
    let folder = "\(directory)/figures"
    try makeDirectory(folder)
    let tables = "\(directory)/tables"
    try makeDirectory(tables)
    for (kind, comparison) in [("per-step", perStep), ("per-episode", perEpisode)] {
      for (name, text) in comparison?.files ?? [] {
        try write(text, "\(tables)/\(kind)-\(name).csv")
      }
    }
    var notices = notices
    let drawn = try figures.map { try DrawnFigure($0, in: folder, &notices) }
    let strips = try filmstrips()
    for (index, strip) in strips.enumerated() {
      try replaceFile("\(folder)/filmstrip-\(index + 1).png", with: strip)
    }
    let films = try films(in: folder, &notices)
    let page = Page(
      report: self, figures: drawn, filmstrips: strips, films: films, notices: notices)
    try write(page.html, "\(directory)/index.html")
    return notices
  }

  private func write(_ text: String, _ path: String) throws {
    try replaceFile(path, with: Array(text.utf8))
  }

  /// In the order in which they are shown.
  private var figures: [Figure] {
    let first = methods[0]
    let (before, after) = (first.scores(at: 0), first.scores(at: first.points.count - 1))
    return [
      Figure.learning(histories, comparison),
      perStep.map { Figure.adaptation($0, perEpisode: false) },
      Figure.adaptation(perEpisode, perEpisode: true), Figure.regret(perEpisode),
      Figure.profiles(comparison),
      Figure.taskMap(
        first.name, tasks: setting.tasks, before: before.taskMeans, after: after.taskMeans,
        units: setting.units),
      Figure.paths(replays),
    ].compactMap(\.self)
  }

  /// Training returns of each method, `[run][iteration]`.
  private var histories: [(method: String, runs: [[(steps: Int, value: Double)]])] {
    methods.map { method in
      let histories = runs.filter { $0.method == method.name }.map { run in
        var steps = 0
        return run.metrics.map { line in
          steps += line.environmentSteps
          return (steps, line.returns.last ?? .nan)
        }
      }
      return (method.name, histories)
    }
  }

  /// Moments of the replays in rows, where the world is seen from the side or draws itself.
  private func filmstrips() throws -> [[UInt8]] {
    try replays.filter { !$0.hasScenes || $0.episodes[0].scenes[0].isSeenFromSide }.map { replay in
      try Film(replay, environment: setting.environment).filmstrip()
    }
  }

  /// Films of the replays that are pictures, encoded. The page stays small: there are four at most, of ten seconds
  /// and panels of 420 pixels.
  private func films(in folder: String, _ notices: inout [String]) throws -> [[UInt8]] {
    do {
      return try replays.filter { !$0.hasScenes }.enumerated().map { index, replay in
        let path = "\(folder)/replay-\(index + 1).mp4"
        try Film(replay, environment: setting.environment).encode(.mp4, to: path)
        return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
      }
    } catch let error as ToolError {
      notices.append("films are left out, \(error.description)")
      return []
    }
  }
}

extension Film {
  /// A replay as a film.
  ///
  /// - Parameters:
  ///   - replay: Of one task.
  ///   - environment: The environment's name.
  /// - Throws: `DrawingError` for scenes that can't be drawn.
  public init(_ replay: Replay, environment: String) throws {
    try self.init(
      title: "\(environment), \(replay.caption)",
      panels: replay.episodes.enumerated().map { step, episode in
        Film.Panel(label: replay.label(step), episode: episode)
      })
  }
}
