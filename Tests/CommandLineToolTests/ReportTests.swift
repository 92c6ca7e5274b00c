import Foundation
import Testing

/// Pages and films of runs.
@Suite struct ReportTests {
  /// Two seeds of a method, and one of each baseline.
  private func sandbox(_ options: [String] = []) throws -> (Sandbox, [String]) {
    let sandbox = try Sandbox()
    var runs: [String] = []
    for (method, seed) in [
      ("maml", "1"), ("maml", "2"), ("pretrained", "1"), ("oracle", "1"), ("random", "1"),
    ] {
      let trained = try sandbox.fledge(
        ["train", "tiny.yaml", "--quiet", "--method", method, "--seed", seed] + options)
      #expect(trained.code == 0, "\(trained.errors)")
      runs.append(String(trained.output.dropLast()))
    }
    return (sandbox, runs)
  }

  /// Where the first of some programs that is installed stands.
  static func program(_ names: String...) -> String? {
    names.flatMap { name in ["/usr/bin/", "/usr/local/bin/", "/bin/"].map { $0 + name } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  private static let browser = program("chromium", "chromium-browser", "google-chrome")

  @Test("report writes one page with its figures; evaluations are measured once")
  func page() throws {
    let (sandbox, runs) = try sandbox()
    let report = ["report"] + runs + ["--tasks", "5", "--out", "page"]
    let first = try sandbox.fledge(report)
    #expect(first.code == 0 && first.output == "page/index.html\n", "\(first.errors)")
    #expect(first.errorLines.filter { $0.contains("measuring runs/tiny-1") }.count == 2)
    let html = try sandbox.text("page/index.html")
    for part in [
      "tiny-pretrained", "replay-data", "optimum", "How to repeat it", "config.yaml", "goal:",
    ] { #expect(html.contains(part), "\(part)") }
    // Nothing is loaded from elsewhere.
    for part in ["src=\"http", "href=\"http", "@import", "url("] { #expect(!html.contains(part)) }
    let table = try sandbox.text("page/tables/per-step-curves.csv").split(separator: "\n")
    #expect(table.count == 1 + 5 * 4)
    #expect(table[0].hasSuffix("gapReference") && table[1].hasPrefix("tiny,0,0,"))
    #expect(table[1].hasSuffix(",optimum"))
    #expect(html.contains("one run only") && !html.contains("never saw"))
    let again = try sandbox.fledge(report)
    #expect(!again.errors.contains("measuring"), "\(again.errors)")
    #expect(try sandbox.text("page/index.html") == html)
  }

  @Test("Without gnuplot the page stands, with the data, and says how to get it")
  func withoutTools() throws {
    let (sandbox, runs) = try sandbox()
    let written = try sandbox.fledge(
      ["report"] + runs.prefix(2) + ["--tasks", "2"], setting: ["PATH": "/nowhere"])
    #expect(written.code == 0)
    #expect(written.errors.contains("apt-get install gnuplot-nox"), "\(written.errors)")
    let html = try sandbox.text("report/index.html")
    #expect(html.contains("apt-get install gnuplot-nox") && html.contains("replay-data"))
    #expect(try sandbox.text("report/figures/learning.csv").hasPrefix("method,iteration,"))
    let film = try sandbox.fledge(
      ["render", runs[0], "--out", "a.mp4"], setting: ["PATH": "/nowhere"])
    #expect(film.code == 64 && film.errors.contains("apt-get install ffmpeg"), "\(film.errors)")
  }

  @Test(
    "render writes a strip of pictures and films",
    .enabled(if: program("ffmpeg") != nil, "ffmpeg isn't installed"))
  func films() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet", "--iterations", "1").code == 0)
    let render = ["render", "runs/tiny-1", "--task", "2", "--steps", "1", "--out"]
    let strip = try sandbox.fledge(render + ["a.png"])
    #expect(strip.code == 0 && strip.output == "a.png\n", "\(strip.errors)")
    #expect(try sandbox.bytes("a.png").prefix(4) == Data([0x89, 0x50, 0x4E, 0x47]))
    #expect(try sandbox.fledge(render + ["a.gif"]).code == 0)
    #expect(try sandbox.bytes("a.gif").prefix(6) == Data("GIF89a".utf8))
    #expect(try sandbox.fledge(render + ["a.mp4"]).code == 0)
    #expect(try sandbox.bytes("a.mp4").dropFirst(4).prefix(4) == Data("ftyp".utf8))
    let nowhere = try sandbox.fledge(render + ["no/where.mp4"])
    #expect(nowhere.code == 74 && nowhere.errorLines.count == 1, "\(nowhere.errors)")
    #expect(nowhere.errors.contains("no/where.mp4"))
  }

  @Test(
    "What can't be reported or rendered is one line",
    arguments: [
      ("report", "Missing expected argument '<runs> ...'", 64),
      ("report runs/none", "runs/none: no such run directory", 65),
      ("report runs/half", "runs/half/run.json", 65),
      ("report runs/other", "runs/other", 65),
      ("report runs/tiny-1 --tasks 0", "--tasks is 0", 64),
      ("report runs/tiny-1 --split tst", "did you mean test?", 64),
      ("report runs/tiny-1 --out tiny.yaml/page", "cannot make the directory tiny.yaml", 74),
      ("render runs/tiny-1", "Missing expected argument '--out <file>'", 64),
      ("render runs/tiny-1 --out a.avi", ".mp4, .gif or .png", 64),
      (
        "render runs/tiny-1 --out a.png --task 40", "--task is 40, expected an integer in 0...39",
        64
      ),
      ("render runs/tiny-1 --out a.png --checkpoint 3", "000003", 65),
      ("render runs/tiny-1 --out no/a.png", "no/a.png", 74),
    ])
  func badInput(line: String, part: String, code: Int32) throws {
    let sandbox = try Sandbox()
    for run in ["tiny-1", "half", "other"] {
      let trained = try sandbox.fledge(
        "train", "tiny.yaml", "--quiet", "--iterations", "1", "--run", "runs/\(run)")
      #expect(trained.code == 0)
    }
    try sandbox.truncate("runs/half/run.json")
    // A policy of another environment's width.
    let other = try sandbox.text("runs/other/config.yaml").replacing(
      "observesTask: false", with: "observesTask: true")
    try other.write(
      toFile: sandbox.path + "/runs/other/config.yaml", atomically: true, encoding: .utf8)
    let refused = try sandbox.fledge(words(line))
    #expect(refused.code == code && refused.errorLines.count == 1, "\(refused.errors)")
    #expect(refused.errors.contains(part), "\(refused.errors)")
  }

  @Test(
    "In a browser the page has no errors, overflows on no screen, shows all, and plays",
    .enabled(
      if: browser != nil && program("gnuplot") != nil, "no Chromium, or no gnuplot, is installed"),
    arguments: [(1280, "light"), (390, "light"), (390, "dark")])
  func screens(width: Int, scheme: String) throws {
    let chromium = try #require(Self.browser)
    let (sandbox, runs) = try sandbox()
    #expect(
      try sandbox.fledge(["report"] + runs + ["--tasks", "4", "--out", "page"]).code == 0)
    try Self.probe(width).write(
      toFile: sandbox.path + "/probe.html", atomically: true, encoding: .utf8)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: chromium)
    process.arguments =
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--allow-file-access-from-files",
        "--user-data-dir=\(sandbox.path)/profile", "--virtual-time-budget=8000", "--dump-dom",
        "--window-size=1400,1000",
      ] + (scheme == "dark" ? ["--force-dark-mode"] : []) + ["file://\(sandbox.path)/probe.html"]
    let file = sandbox.path + "/dom.html"
    _ = FileManager.default.createFile(atPath: file, contents: nil)
    process.standardOutput = FileHandle(forWritingAtPath: file)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let dom = try sandbox.text("dom.html")
    let start = try #require(dom.range(of: "<pre>"))
    let end = try #require(dom.range(of: "</pre>"))
    let result = try object(String(dom[start.upperBound..<end.lowerBound]))
    #expect(result["errors"] as? [String] == [], "\(result)")
    #expect(result["width"] as? Int == width)
    #expect((result["content"] as? Int ?? .max) <= width, "\(result)")
    #expect(result["figures"] as? Int == 7 && result["shown"] as? Int == 7, "\(result)")
    #expect(result["canvases"] as? Int == 4 && result["painted"] as? Int == 4, "\(result)")
    #expect((result["played"] as? Int ?? 0) > 0, "\(result)")
  }

  /// A page that shows the report in a frame of some width, plays its replay and tells what it saw.
  private static func probe(_ width: Int) -> String {
    """
    <!doctype html><meta charset="utf-8"><body><pre></pre>
    <iframe src="page/index.html" width="\(width)" height="900" style="border:0"></iframe>
    <script>
    const frame = document.querySelector("iframe");
    const errors = [];
    frame.contentWindow.addEventListener("error", (event) => errors.push(event.message));
    frame.onload = () => {
      const page = frame.contentDocument;
      frame.contentWindow.addEventListener("error", (event) => errors.push(event.message));
      const painted = (canvas) => canvas.getContext("2d")
        .getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0);
      const figures = [...page.querySelectorAll("figure")];
      const canvases = [...page.querySelectorAll("canvas")];
      page.querySelector("#replay button").click();
      setTimeout(() => {
        const result = {
          errors, width: frame.contentWindow.innerWidth,
          content: page.documentElement.scrollWidth, figures: figures.length,
          shown: figures.filter((figure) => {
            const drawing = figure.querySelector("svg, img");
            return drawing && drawing.getBoundingClientRect().height > 100;
          }).length,
          canvases: canvases.length, painted: canvases.filter(painted).length,
          played: Number(page.querySelector("#replay input").value),
        };
        document.querySelector("pre").textContent = JSON.stringify(result);
      }, 1500);
    };
    </script>
    """
  }
}
