import Foundation
import Testing

/// Environments of Gymnasium that draw themselves, where there is a Python that has it.
@Suite(.enabled(if: Python.hasGymnasium, "FLEDGE_PYTHON, or python3, has no gymnasium"))
struct GymnasiumPictureTests {
  /// A run of 10 steps an episode on an environment of `drawn.py`, where each time step has its colour.
  private func sandbox(_ kind: String = "drawn:Drawn", fault: String = "") throws -> Sandbox {
    let sandbox = try Sandbox()
    let trained = try sandbox.fledge(
      ["train", "tiny.yaml", "--quiet", "--run", "a", "--iterations", "1", "--threads", "1"],
      onKind: kind, [#"tasks=["goal=-1..1"]"#, #"keywords=["fault=\"\#(fault)\""]"#])
    #expect(trained.code == 0, "\(trained.errors)")
    return sandbox
  }

  private func fledge(_ sandbox: Sandbox, _ line: String) throws -> Finished {
    try sandbox.fledge(words(line), setting: ["PYTHONPATH": fixtures])
  }

  /// A pixel's colour in each frame of a film, or in a picture.
  private func colors(
    of file: String, in sandbox: Sandbox, x: Int, y: Int
  ) throws -> [SIMD3<Int>] {
    let script = """
      import json, numpy, subprocess, sys
      command = ["ffmpeg", "-v", "error", "-i", sys.argv[1], "-vf", f"crop=4:4:{sys.argv[2]}:{sys.argv[3]}"]
      raw = subprocess.run(
          command + ["-f", "rawvideo", "-pix_fmt", "rgb24", "-"], stdout=subprocess.PIPE, check=True).stdout
      print(json.dumps(numpy.frombuffer(raw, numpy.uint8).reshape(-1, 16, 3)[:, 0].tolist()))
      """
    let read = try Python.run(["-c", script, sandbox.path + "/" + file, "\(x)", "\(y)"])
    let rows = try JSONDecoder().decode([[Int]].self, from: Data(read.output.utf8))
    return rows.map { SIMD3($0[0], $0[1], $0[2]) }
  }

  /// Requires the colours of time steps, as near as films keep them.
  private func expect(_ colors: [SIMD3<Int>], _ steps: [Int]) {
    #expect(colors.count == steps.count)
    for (color, step) in zip(colors, steps) {
      let difference = color &- SIMD3(250 - 20 * step, 10 * step, 100)
      #expect((0..<3).allSatisfy { abs(difference[$0]) <= 8 }, "time step \(step) is \(color)")
    }
  }

  @Test(
    "Films, strips and pictures of a beginning show what the environment draws, moment by moment",
    .enabled(if: ReportTests.program("ffmpeg") != nil, "ffmpeg isn't installed"))
  func render() throws {
    let sandbox = try sandbox()
    let film = try fledge(sandbox, "render a --tasks 2 --steps 1 --out a.mp4")
    #expect(film.code == 0, "\(film.errors)")
    // Two panels of 420 x 280 pixels; the end stays for 25 frames.
    let steps = Array(0...10) + [Int](repeating: 10, count: 25)
    for x in [226, 662] { expect(try colors(of: "a.mp4", in: sandbox, x: x, y: 200), steps) }
    #expect(try fledge(sandbox, "render a --tasks 2 --steps 1 --out a.png").code == 0)
    for (row, column, step) in [(0, 0, 0), (0, 3, 6), (1, 5, 10)] {
      // Six moments of 220 x 147 pixels in a row.
      let (x, y) = (126 + 226 * column, 133 + 175 * row)
      expect(try colors(of: "a.png", in: sandbox, x: x, y: y), [step])
    }
    let beginning = try sandbox.fledge(
      ["environments", "describe", "gymnasium:drawn:Drawn", "--picture", "b.png"]
        + Python.setting(["horizon=10", #"tasks=["goal=-1..1"]"#]),
      setting: ["PYTHONPATH": fixtures])
    #expect(beginning.code == 0, "\(beginning.errors)")
    expect(try colors(of: "b.png", in: sandbox, x: 226, y: 200), [0])
  }

  @Test("A report holds films of the tasks that it replays, and strips of them")
  func report() throws {
    let sandbox = try sandbox()
    let report = try fledge(sandbox, "report a --tasks 2 --steps 1 --out page")
    #expect(report.code == 0, "\(report.errors)")
    let html = try sandbox.text("page/index.html")
    let films = ReportTests.program("ffmpeg") == nil ? 0 : 2
    #expect(html.components(separatedBy: "src=\"data:video/mp4;base64,").count == 1 + films)
    #expect(html.components(separatedBy: "src=\"data:image/png;base64,").count == 3)
    #expect(!html.contains("replay-data") && html.contains("{goal: "))
    #expect(try sandbox.bytes("page/figures/filmstrip-2.png").count > 1000)
  }

  @Test(
    "What can't be pictured is one line that names the environment and why",
    arguments: [
      ("drawn:Unseen", "", "of render modes its metadata has human, ansi, expected rgb_array"),
      ("drawn:Drawn", "make", "RuntimeError: no display"),
      ("drawn:Drawn", "render", "its render failed: RuntimeError: no display"),
      ("drawn:Drawn", "none", "its render gave NoneType, expected an array"),
      (
        "drawn:Drawn", "kind", "its render gave [40, 60, 3] of float64, expected [height, width, 3]"
      ),
      ("drawn:Drawn", "size", "its render gave [20, 60, 3] after [40, 60, 3]"),
    ])
  func faults(kind: String, fault: String, message: String) throws {
    let sandbox = try sandbox(kind, fault: fault)
    let refused = try fledge(sandbox, "render a --tasks 2 --steps 1 --out a.png")
    #expect(refused.code == 64 || refused.code == 70, "\(refused.errors)")
    #expect(refused.errorLines.count == 1, "\(refused.errors)")
    for part in [message, "gymnasium:\(kind)"] {
      #expect(refused.errors.contains(part), "\(refused.errors)")
    }
    guard fault != "none" && fault != "kind" else { return }
    // All else of a report is there.
    let report = try fledge(sandbox, "report a --tasks 2 --steps 1")
    #expect(
      report.code == 0 && report.errors.contains("the replay is left out, "), "\(report.errors)")
    let html = try sandbox.text("report/index.html")
    #expect(html.contains("the replay is left out, ") && html.contains("adaptation-per-step"))
  }
}
