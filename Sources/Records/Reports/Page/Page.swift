internal import Drawing
internal import EnvironmentKit
internal import Foundation
internal import RunRecords
internal import Statistics

/// The report as one page that needs nothing besides.
struct Page {
  let report: Report
  let figures: [DrawnFigure]
  let filmstrips: [[UInt8]]
  /// Of replays that are pictures, in MP4.
  let films: [[UInt8]]
  let notices: [String]

  /// The document.
  var html: String {
    let title = "\(report.methods[0].name): adaptation"
    let sections = [
      ("Results", results), ("Curves", htmlFigures(curves)), ("Tasks", tasks), ("Replay", replay),
      ("Where training time went", trainingTime), ("How to repeat it", repetition),
    ]
    return htmlDocument(
      title, summary: escaped(summary), notices: notes + notices, sections: sections, script: script
    )
  }

  /// What to know before believing the numbers.
  private var notes: [String] { report.setting.notes + report.comparison.notes }

  private var summary: String {
    let setting = report.setting
    let seeds = report.methods.map(\.trainingSteps.count).max() ?? 0
    return
      "\(setting.environment), \(setting.tasks.count) \(setting.split) tasks, "
      + "\(setting.episodes) episodes for each "
      + (report.perStep == nil ? "point; " : "gradient step and each point; ")
      + "up to \(counted(seeds, "seed")) of each method."
  }

  private static let taskFigures = ["task-map", "paths"]
  private var curves: [DrawnFigure] {
    figures.filter { !Self.taskFigures.contains($0.figure.name) }
  }

  private var tasks: String {
    htmlFigures(figures.filter { Self.taskFigures.contains($0.figure.name) })
      + filmstrips.enumerated().map { index, strip in
        """
        <figure><h3>\(escaped(report.replays[index].caption))</h3>
        <img alt="Moments of an episode before adaptation and after each \(report.replays[index].unit)" \
        src="data:image/png;base64,\(Data(strip).base64EncodedString())"></figure>

        """
      }.joined() + taskTable
  }

  private var replay: String {
    if isDrawn { return player }
    return films.isEmpty
      ? ""
      : "<p>\(replayText)</p>\n"
        + zip(report.replays, films).map { replay, film in
          """
          <figure><h3>\(escaped(replay.caption))</h3>
          <video controls loop muted playsinline \
          aria-label="An episode before adaptation and one after each \(replay.unit)" \
          src="data:video/mp4;base64,\(Data(film).base64EncodedString())"></video></figure>

          """
        }.joined()
  }

  /// Whether replays are drawn by the page's script, from scenes.
  private var isDrawn: Bool { report.replays.first?.hasScenes == true }

  private var replayText: String {
    """
    One episode of <code>\(escaped(report.runs[0].directory.path))</code> before adaptation and one \
    after each \(report.replays.first?.unit ?? ""), on the task that adaptation lost least on, the one that \
    it lost most on, and two between.
    """
  }

  /// What the page's script draws in.
  private var player: String {
    """
    <div id="replay">
    <p>\(replayText) \(report.replays.legend)</p>
    <div class="controls"><button type="button">Play</button>
    <select aria-label="Task"></select>
    <input type="range" min="0" value="0" step="1" aria-label="Time step of the episode"></div>
    <div class="panels"></div>
    </div>

    """
  }

  private var script: String {
    guard isDrawn else { return "" }
    return """
      <script type="application/json" id="replay-data">\(ReplayData(report.replays).json)</script>
      <script>
      \(String(decoding: PackageResources.replay_js, as: UTF8.self))
      playReplay(
        document.getElementById("replay"),
        JSON.parse(document.getElementById("replay-data").textContent));
      </script>
      """
  }
}
