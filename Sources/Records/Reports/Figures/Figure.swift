internal import Foundation

/// A figure: data as CSV, and what gnuplot makes of it.
package struct Figure: Sendable {
  /// The name of its files without their endings.
  package let name: String
  /// What it shows, in a few words.
  let title: String
  /// What to read from it, and how it was made.
  let caption: String
  /// The data, with a heading.
  let csv: String
  /// What draws `name.csv`, for any terminal.
  let commands: String
  /// Width and height, in pixels.
  var size = SIMD2(560, 370)

  /// A figure of its parts.
  ///
  /// - Parameters:
  ///   - name: The name of its files without their endings.
  ///   - title: What it shows, in a few words.
  ///   - caption: What to read from it, and how it was made.
  ///   - csv: The data, with a heading.
  ///   - commands: What draws `name.csv`, for any terminal.
  ///   - size: Width and height, in pixels.
  package init(
    name: String, title: String, caption: String, csv: String, commands: String,
    size: SIMD2<Int> = SIMD2(560, 370)
  ) {
    (self.name, self.title, self.caption) = (name, title, caption)
    (self.csv, self.commands, self.size) = (csv, commands, size)
  }

  /// The commands as a file of their own, which `gnuplot -p` shows.
  var script: String {
    """
    # \(title), drawn from \(name).csv
    reset
    set datafile separator ','
    set encoding utf8
    set border 3
    set tics nomirror
    set grid lc rgb '#999999' dt 3
    set key above Left reverse maxcols 2 samplen 2 font ',12'
    \(commands)

    """
  }
}

/// How one series of many is drawn: told apart by colour, point and dashes, so in grey, too.
struct SeriesStyle {
  let index: Int

  /// Okabe and Ito's colours (2008).
  static let colors = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"]

  /// As gnuplot takes it.
  var color: String { "rgb '\(Self.colors[index % Self.colors.count])'" }
  /// A line.
  var line: String { "lc \(color) lw 2 dt \(index / Self.colors.count * 2 + 1)" }
  /// A line with points.
  var linePoints: String { "\(line) pt \([7, 5, 9, 13, 11, 15][index % 6]) ps 0.7" }
  /// A transparent area.
  var area: String { "fc \(color) fs transparent solid 0.18 noborder" }
}

/// A text as a constant of gnuplot's, without escapes.
package func gnuplotText(_ text: String) -> String { "'" + text.replacing("'", with: "''") + "'" }

/// Rows of a CSV file by their series, and where each series stands in it.
struct SeriesTable {
  private(set) var rows: [[String]] = []
  private(set) var series: [(name: String, first: Int, last: Int)] = []

  /// Appends a series; one without rows is left out.
  mutating func append(_ name: String, _ added: [[Double]]) {
    guard !added.isEmpty else { return }
    // The heading is row 0.
    series.append((name, rows.count + 1, rows.count + added.count))
    rows += added.map { [name] + $0.map { $0.isFinite ? "\($0)" : "" } }
  }

  /// The file's text.
  func csv(_ heading: String) -> String { csvText(heading, rows) }

  /// `plot` of each series.
  ///
  /// - Parameters:
  ///   - file: The figure's name.
  ///   - parts: Of gnuplot's `plot`, for a series: from `using` on, without a title.
  /// - Returns: One command.
  func plot(_ file: String, _ parts: (SeriesStyle) -> [String]) -> String {
    let all = series.enumerated().flatMap { index, place in
      parts(SeriesStyle(index: index)).enumerated().map { part, text in
        "'\(file).csv' every ::\(place.first)::\(place.last) \(text) "
          + (part == 0 ? "title \(gnuplotText(place.name))" : "notitle")
      }
    }
    return "plot " + all.joined(separator: ", \\\n  ")
  }
}
