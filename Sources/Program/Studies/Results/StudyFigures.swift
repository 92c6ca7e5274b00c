internal import Foundation
internal import Reports
internal import RunRecords
internal import Settings

/// The figures about how a method's setting was chosen.
struct StudyFigures {
  private let progress: StudyProgress
  private let folder: StudyFolder
  private let method: String
  private let trials: [StudyPlan.Trial]
  private let axes: [NamedSection<Axis>]
  /// The scores of all trials where all were measured, at the first rung, by trial.
  private let scores: [Int: Double]

  /// The figures about a method.
  init(_ progress: StudyProgress, in folder: StudyFolder, of method: String) {
    (self.progress, self.folder, self.method) = (progress, folder, method)
    trials = progress.plan.trials.filter { $0.method == method }
    axes = progress.plan.settings.axes.filter { $0.section.concerns(method) }
    scores = Dictionary(
      uniqueKeysWithValues: trials.compactMap { trial in
        progress.score(of: trial.number, at: 0).flatMap {
          $0.isFinite ? (trial.number, $0) : nil
        }
      })
  }

  /// In the order in which they are shown.
  var all: [Figure] {
    guard scores.count > 1 else { return [] }
    return [parallelCoordinates] + axes.indices.map(scoreAgainst) + [curves]
  }

  /// How much of what differs between trials each axis tells by itself, the most first.
  var importances: [(axis: String, share: Double)] {
    axes.map { axis in
      let points = trials.compactMap { trial -> (place: Double, score: Double)? in
        guard let score = scores[trial.number], let value = trial.values[axis.name] else {
          return nil
        }
        return (axis.section.place(of: value), score)
      }
      return (axis.name, Importance.share(points))
    }.sorted { ($1.share, $0.axis) < ($0.share, $1.axis) }
  }

  private var firstRung: String {
    "after \(trials.first?.rungs.first ?? 0) iterations, where all trials were measured"
  }

  /// Each trial a line over all axes; gnuplot takes lines apart by empty ones, of which the first ends the heading.
  private var parallelCoordinates: Figure {
    let ranked = scores.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map(\.key)
    let last = Double(max(1, ranked.count - 1))
    let lines = ranked.enumerated().map { rank, number -> String in
      let trial = trials.first { $0.number == number }
      let share = Double(rank) / last
      let places = axes.map { $0.section.place(of: trial?.values[$0.name] ?? "") } + [share]
      return places.enumerated().map { "\(number),\($0),\($1),\(share)\n" }.joined()
    }
    let ticks = (axes.map(\.name) + ["rank"]).enumerated().map {
      "\(gnuplotText($1)) \($0)"
    }.joined(separator: ", ")
    let labels = axes.enumerated().flatMap { index, axis in
      axis.section.labels.map { label in
        "set label \(gnuplotText(label.text)) at \(index),\(label.place) offset 0.6,0.4 font ',11'"
      }
    }
    let name = "parallel-\(method)"
    return Figure(
      name: name, title: "\(method): all settings",
      caption:
        "Each line is a trial, from its values on the axes to its rank by validation score \(firstRung): "
        + "the brighter, the better.",
      csv: "trial,axis,place,rank\n\n" + lines.joined(separator: "\n"),
      commands: """
        set border 0
        set xtics scale 0 (\(ticks))
        unset ytics
        set yrange [-0.06:1.1]
        set xrange [-0.15:\(Double(axes.count) + 0.3)]
        \(labels.joined(separator: "\n"))
        set palette defined (0 '#440154', 1 '#3b528b', 2 '#21918c', 3 '#5ec962', 4 '#fde725')
        unset colorbox
        plot '\(name).csv' every :::1 using 2:3:4 with lines lw 1.6 lc palette notitle
        """, size: SIMD2(760, 370))
  }

  /// Scores over one axis.
  private func scoreAgainst(_ index: Int) -> Figure {
    let axis = axes[index]
    let isNumber = axis.section.isNumeric
    let rows = trials.compactMap { trial -> String? in
      guard let score = scores[trial.number], let value = trial.values[axis.name] else {
        return nil
      }
      let isChosen = progress.chosen(method) == trial.number
      return
        "\(trial.number),\(isNumber ? value : "\(axis.section.place(of: value))"),\(score),\(isChosen ? 1 : 0)\n"
    }
    let name = "axis-\(index + 1)-\(method)"
    let places = axis.section.labels.map { "\(gnuplotText($0.text)) \($0.place)" }
    let scale =
      axis.section.logRange.isEmpty
      ? (isNumber ? "" : "set xtics (\(places.joined(separator: ", ")))\nset xrange [-0.1:1.1]")
      : "set logscale x"
    return Figure(
      name: name, title: "\(method): score against \(axis.name)",
      caption: "Validation score of each trial \(firstRung); the chosen one is filled.",
      csv: "trial,value,score,chosen\n" + rows.joined(),
      commands: """
        \(scale)
        \(scoreRange(Array(scores.values)))
        set xlabel \(gnuplotText(axis.name))
        set ylabel 'validation score'
        plot '\(name).csv' every ::1 using 2:3 with points pt 6 ps 0.9 lc rgb '#888888' notitle, \\
          '' every ::1 using 2:($4 == 1 ? $3 : 1/0) with points pt 7 ps 1.1 lc rgb '#0072B2' notitle
        """)
  }

  /// Training returns of all trials.
  private var curves: Figure {
    let chosen = progress.chosen(method)
    var values: [Double] = []
    let blocks = trials.flatMap { trial in
      progress.plan.settings.seeds.tuning.map { seed -> String in
        let path = folder.run(of: trial, .tuning, seed: seed)
        let metrics = (try? RunDirectory.open(path).metrics()) ?? []
        let kind = trial.number == chosen ? 2 : progress.isComplete(trial) ? 1 : 0
        return metrics.compactMap { line -> String? in
          guard let value = line.returns.last, value.isFinite else { return nil }
          values.append(value)
          return "\(trial.number),\(seed),\(line.iteration),\(value),\(kind)\n"
        }.joined()
      }
    }
    let name = "trials-\(method)"
    let parts = [
      ("stopped", "#bbbbbb", 1.0), ("completed", "#56B4E9", 1.5), ("chosen", "#0072B2", 2.5),
    ]
    let plots = parts.enumerated().map { kind, part in
      "'\(name).csv' every :::1 using 3:($5 == \(kind) ? $4 : 1/0) with lines lw \(part.2) lc rgb '\(part.1)' title '\(part.0)'"
    }
    return Figure(
      name: name, title: "\(method): all trials",
      caption: "Mean return after adaptation, of each iteration's training tasks.",
      csv: "trial,seed,iteration,return,kind\n\n" + blocks.joined(separator: "\n"),
      commands: """
        \(scoreRange(values))
        set xlabel 'iteration'
        set ylabel 'return after adaptation'
        plot \(plots.joined(separator: ", \\\n  "))
        """)
  }

  /// Leaves out what is far below most: a trial that diverged would press all others together.
  private func scoreRange(_ values: [Double]) -> String {
    let sorted = values.sorted()
    guard sorted.count > 3, let high = sorted.last else { return "" }
    let middle = sorted[sorted.count / 4]
    let low = max(sorted[0], middle - 2 * (high - middle))
    guard low < high else { return "" }
    let margin = 0.05 * (high - low)
    return "set yrange [\(low - margin):\(high + margin)]"
  }
}

extension Axis {
  /// Whether its values are numbers, so that a plot can be drawn over them.
  var isNumeric: Bool {
    values.allSatisfy {
      switch $0 {
      case .integer, .number: true
      default: false
      }
    }
  }

  /// Where a value stands on the axis, 0 to 1.
  func place(of text: String) -> Double {
    guard values.isEmpty else {
      let index = values.firstIndex { $0.yaml == text } ?? 0
      return Double(index) / Double(max(1, values.count - 1))
    }
    let value = Double(text) ?? .nan
    let ends = range + logRange
    let share =
      logRange.isEmpty
      ? (value - ends[0]) / (ends[1] - ends[0]) : log(value / ends[0]) / log(ends[1] / ends[0])
    return min(max(share, 0), 1)
  }

  /// What is written at its places.
  var labels: [(place: Double, text: String)] {
    let texts = values.isEmpty ? [point(at: 0), point(at: 1)] : values.map(\.yaml)
    return texts.count <= 12
      ? texts.map { (place(of: $0), $0) }
      : [texts[0], texts[texts.count - 1]].map { (place(of: $0), $0) }
  }
}
