internal import EnvironmentKit
internal import Foundation

// One method's tasks: returns over the task space, and the ways that agents took.

extension Figure {
  /// Each task's return before and after adaptation, over one or two numbers of the task.
  ///
  /// - Parameters:
  ///   - method: The method's name.
  ///   - tasks: The tasks, `[task]`.
  ///   - before: Mean returns without a step, `[task]`.
  ///   - after: Mean returns after the last one, `[task]`.
  ///   - units: The units of a task's numbers, by key path, where they are known.
  /// - Returns: nil where the tasks don't differ in a number.
  static func taskMap(
    _ method: String, tasks: [ParameterValue], before: [Double], after: [Double],
    units: [String: String] = [:]
  ) -> Figure? {
    let numbers = tasks.map { Dictionary($0.numbers(), uniquingKeysWith: { $1 }) }
    let keys = tasks.first?.numbers().map(\.key) ?? []
    let varying = keys.filter { key in Set(numbers.map { $0[key] }).count > 1 }
    guard let first = varying.first else { return nil }
    let second = varying.count > 1 ? varying[1] : nil
    let rows = tasks.indices.map { task in
      [first, second].compactMap { key in key.map { numbers[task][$0] ?? .nan } }
        + [before[task], after[task]]
    }
    let heading = ([first, second].compactMap(\.self) + ["before", "after"]).joined(separator: ",")
    let name = "task-map"
    let others = varying.dropFirst(2)
    let note =
      others.isEmpty
      ? "" : " Tasks differ in more than is shown: \(others.joined(separator: ", "))."
    let commands =
      second.map { second in
        map(
          name, (label(first, units), numbers.compactMap { $0[first] }),
          (label(second, units), numbers.compactMap { $0[second] }),
          before + after)
      }
        ?? """
        set xlabel \(gnuplotText(label(first, units)))
        set ylabel 'mean return'
        plot '\(name).csv' every ::1 using 1:2 with points pt 6 ps 0.8 lc rgb '#888888' title 'before', \\
          '' every ::1 using 1:3 with points pt 7 ps 0.8 lc rgb '#0072B2' title 'after'
        """
    return Figure(
      name: name, title: "Return over the task space",
      caption: "\(method): each test task's mean return before adaptation and after the last step, "
        + "mean over seeds." + note,
      csv: csvText(heading, rows.map { $0.map { "\($0)" } }), commands: commands,
      size: SIMD2(560, second == nil ? 370 : 320))
  }

  private static func map(
    _ name: String, _ x: (label: String, values: [Double]), _ y: (label: String, values: [Double]),
    _ returns: [Double]
  ) -> String {
    let (low, high) = (returns.min() ?? 0, returns.max() ?? 1)
    // Two squares of the same size, and the scale of colours beside them.
    let panel = { (title: String, column: Int, left: Double) in
      """
      set lmargin at screen \(left)
      set rmargin at screen \(left + 0.32)
      set title '\(title)'
      plot '\(name).csv' every ::1 using 1:2:\(column) with points pt 7 ps 0.9 lc palette notitle
      """
    }
    // Viridis.
    return """
      set palette defined (0 '#440154', 1 '#3b528b', 2 '#21918c', 3 '#5ec962', 4 '#fde725')
      set cbrange [\(low):\(max(high, low + 1e-9))]
      set colorbox user origin 0.86,0.22 size 0.025,0.6
      set cblabel 'mean return' offset 1
      set tics font ',11'
      set xtics \(tickStep(x.values))
      set ytics \(tickStep(y.values))
      set offsets graph 0.1, graph 0.1, graph 0.1, graph 0.1
      set tmargin at screen 0.845
      set bmargin at screen 0.22
      set multiplot
      set xlabel \(gnuplotText(x.label))
      set ylabel \(gnuplotText(y.label)) offset 1
      \(panel("before", 3, 0.13))
      unset ylabel
      unset colorbox
      \(panel("after", 4, 0.52))
      unset multiplot
      """
  }

  /// The ways that agents took on some tasks, before adaptation and after each step: in the plane where
  /// it is seen from above, over time where a body is seen from the side.
  ///
  /// - Returns: nil for an environment that doesn't show where its agent is.
  static func paths(_ replays: [Replay]) -> Figure? {
    // An environment may show itself without an agent.
    let replays = replays.filter { $0.episodes.allSatisfy { !$0.track.isEmpty } }
    guard let scene = replays.first?.episodes.first?.scenes.first else { return nil }
    let fromSide = scene.isSeenFromSide
    let name = "paths"
    var rows: [[String]] = []
    var panels: [String] = []
    for (index, replay) in replays.enumerated() {
      var lines: [String] = []
      for (step, episode) in replay.episodes.enumerated() {
        let first = rows.count + 1
        for (time, point) in episode.track.enumerated() {
          rows.append(["\(replay.task)", "\(step)", "\(time)", "\(point.x)", "\(point.y)"])
        }
        let color = SeriesStyle(index: step).color
        lines.append(
          "'\(name).csv' every ::\(first)::\(rows.count) using \(fromSide ? "3:4" : "4:5") "
            + "with lines lw 1.5 lc \(color) notitle"
        )
      }
      let goals = fromSide ? [] : replay.episodes[0].goals
      let marks = goals.enumerated().map { number, goal in
        "set label \(number + 1) '' at \(goal.x),\(goal.y) point pt 2 ps 1.2 lw 2 lc rgb '#000000' front"
      }
      panels.append(
        (marks + (index == 0 ? legend(replay) : [])).joined(separator: "\n")
          + "\nset title \(gnuplotText(replay.caption)) font ',11'\n"
          + "plot " + lines.joined(separator: ", \\\n  ") + "\nunset label")
    }
    let tracks = replays.flatMap { $0.episodes.flatMap { $0.track + $0.goals } }
    let reach = Double(tracks.map { max(abs($0.x), abs($0.y)) }.max() ?? 1) * 1.1
    let columns = min(2, replays.count)
    let layout = "\((replays.count + columns - 1) / columns),\(columns)"
    return Figure(
      name: name, title: fromSide ? "Where the body went" : "Paths",
      caption:
        "One episode before adaptation and one after each gradient step, on the tasks of the "
        + "replay" + (fromSide ? ": position of the body over time." : "; crosses are goals."),
      csv: csvText("task,gradientSteps,step,x,y", rows),
      commands: """
        set xlabel '\(fromSide ? "time step" : "x / m")'
        set ylabel '\(fromSide ? "x / m" : "y / m")'
        \(fromSide ? "" : "set size ratio -1\nset xrange [\(-reach):\(reach)]\nset yrange [\(-reach):\(reach)]"
          + "\nset xtics \(tickStep([-reach, reach]))\nset ytics \(tickStep([-reach, reach]))")
        set tics font ',11'
        set multiplot layout \(layout) title ' ' font ',9'
        \(panels.joined(separator: "\n"))
        unset multiplot
        """,
      size: SIMD2(560, 310 * ((replays.count + columns - 1) / columns)))
  }
}

/// A task's number with its unit, as `goal x / m`.
private func label(_ key: String, _ units: [String: String]) -> String {
  let known = units.filter { path, _ in
    key == path || key.hasPrefix(path + " ") || key.hasPrefix(path + ".")
  }
  guard let unit = known.max(by: { $0.key.count < $1.key.count })?.value else { return key }
  return "\(key) / \(unit.contains("/") ? "(\(unit))" : unit)"
}

/// Labels at the top that tell the colours of gradient steps, or of episodes.
private func legend(_ replay: Replay) -> [String] {
  replay.episodes.indices.map { step in
    let (column, row) = (step % 4, step / 4)
    // The first ones say what is counted.
    let text = step < 2 ? replay.label(step) : "after \(step)"
    return
      "set label \(100 + step) '\(text)' at screen \([0.06, 0.31, 0.62, 0.8][column]), "
      + "screen \(0.975 - 0.03 * Double(row)) textcolor \(SeriesStyle(index: step).color)"
  }
}

/// A round distance between ticks, so that there are three to five of them: their numbers then stand apart.
private func tickStep(_ values: [Double]) -> Double {
  let width = (values.max() ?? 1) - (values.min() ?? 0)
  guard width > 0, width.isFinite else { return 1 }
  let rough = width / 4
  let power = pow(10, log10(rough).rounded(.down))
  return power * ([1, 2, 5, 10].first { $0 * power >= rough } ?? 10)
}

extension ParameterValue {
  /// All numbers in it, by their path: `goal.0`; those of the first two axes as `goal x`, `goal y`.
  func numbers(_ path: String = "") -> [(key: String, value: Double)] {
    let below = { (key: String) in path.isEmpty ? key : "\(path).\(key)" }
    switch self {
    case .integer(let value): return [(path, Double(value))]
    case .number(let value): return [(path, value)]
    case .array(let values) where values.count == 2:
      return zip(["x", "y"], values).flatMap { axis, value in value.numbers("\(path) \(axis)") }
    case .array(let values):
      return values.enumerated().flatMap { $1.numbers(below("\($0)")) }
    case .object(let values):
      return values.sorted { $0.key < $1.key }.flatMap { $0.value.numbers(below($0.key)) }
    case .boolean, .string: return []
    }
  }
}
