import Foundation
import RunRecords
import Testing

/// The metrics of runs as one table.
@Suite struct ExportMetricsTests {
  private let sandbox: Sandbox

  init() throws {
    sandbox = try Sandbox()
    for (run, seed) in [("a", "1"), ("b,c", "2")] {
      let trained = try sandbox.fledge(
        "train", "tiny.yaml", "--quiet", "--run", run, "--seed", seed)
      #expect(trained.code == 0, "\(trained.errors)")
    }
  }

  @Test("CSV has a row for each iteration of each run, with the numbers of metrics.jsonl")
  func csv() throws {
    let exported = try sandbox.fledge("export-metrics", "a", "b,c")
    #expect(exported.code == 0 && exported.errors.isEmpty, "\(exported.errors)")
    let rows = exported.output.split(separator: "\n")
    #expect(rows.count == 1 + 12)
    #expect(
      rows[0].hasPrefix(
        "run,name,environment,method,seed,iteration,seconds,environmentSteps,returns0,returns1,"
          + "returns2,outerLoss,"))
    let last = try #require(try MetricsFile.read("\(sandbox.path)/b,c/metrics.jsonl").last)
    #expect(
      rows[12].hasPrefix(
        "\"b,c\",tiny,point-navigation,adam,2,6,\(last.seconds),\(last.environmentSteps),"
          + "\(last.returns[0]),\(last.returns[1]),\(last.returns[2]),"))
    let written = try sandbox.fledge("export-metrics", "a", "b,c", "--out", "m.csv")
    #expect(written.code == 0 && written.output == "m.csv\n")
    #expect(try sandbox.text("m.csv") == exported.output)
  }

  @Test(
    "What can't be exported is one line, and no file",
    arguments: [
      ("a nowhere", 65, "nowhere: no such run directory"), ("tiny.yaml", 65, "no such run"),
      (". ", 65, "is not a run directory"), ("a ./a", 64, "./a is named twice"),
      ("a --format parquet", 64, "give --out too"), ("a --format json", 64, "'json' is invalid"),
      ("a --out nowhere/m.csv", 74, "cannot write nowhere/m.csv"), ("", 64, "Missing"),
      ("a --out b,c", 74, "cannot write b,c: it is a directory"),
      ("a --out a", 64, "give a file elsewhere"), ("a --out a/m.csv", 64, "give a file elsewhere"),
    ])
  func refused(line: String, code: Int32, message: String) throws {
    let exported = try sandbox.fledge(["export-metrics"] + words(line))
    #expect(exported.code == code && exported.errorLines.count == 1, "\(exported.errors)")
    #expect(exported.errors.contains(message), "\(exported.errors)")
    #expect(exported.output.isEmpty)
  }

  @Test("A damaged line and a run without metrics are one line each, and a file that stands stays")
  func damaged() throws {
    #expect(try sandbox.fledge("export-metrics", "a", "--out", "m.csv").code == 0)
    let before = try sandbox.text("m.csv")
    let metrics = sandbox.path + "/b,c/metrics.jsonl"
    for (text, message) in [("{\n", "metrics.jsonl:1: is not"), ("", "holds no iteration yet")] {
      try text.write(toFile: metrics, atomically: true, encoding: .utf8)
      let exported = try sandbox.fledge("export-metrics", "a", "b,c", "--out", "m.csv")
      #expect(exported.code == 65 && exported.errorLines.count == 1, "\(exported.errors)")
      #expect(exported.errors.contains(message))
    }
    #expect(try sandbox.text("m.csv") == before)
  }

  @Test("Parquet without pyarrow is one line with what installs it")
  func missing() throws {
    let bare = sandbox.path + "/bare"
    try "#!/bin/sh\nexec python3 -I -S \"$@\"\n".write(
      toFile: bare, atomically: true, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: bare)
    let exported = try sandbox.fledge(
      "export-metrics", "a", "--format", "parquet", "--out", "m.parquet",
      setting: ["FLEDGE_PYTHON": bare])
    #expect(exported.code == 64 && exported.errorLines.count == 1, "\(exported.errors)")
    #expect(exported.errors.contains("has no pyarrow; \(bare) -m pip install pyarrow"))
  }

  private static let hasPyArrow = (try? Python.run(["-c", "import pyarrow"]).code) == 0

  @Test(
    "Parquet has the same numbers, of their kinds",
    .enabled(if: hasPyArrow, "FLEDGE_PYTHON, or python3, has no pyarrow"))
  func parquet() throws {
    let exported = try sandbox.fledge(
      "export-metrics", "a", "b,c", "--format", "parquet", "--out", "m.parquet")
    #expect(exported.code == 0 && exported.output == "m.parquet\n", "\(exported.errors)")
    let script = """
      import json, sys
      import pyarrow.parquet
      table = pyarrow.parquet.read_table(sys.argv[1] + "/m.parquet")
      rows = table.to_pylist()
      place = 0
      for run in ["a", "b,c"]:
          for line in open(f"{sys.argv[1]}/{run}/metrics.jsonl"):
              metrics, row = json.loads(line), rows[place]
              place += 1
              metrics.update({f"returns{i}": value for i, value in enumerate(metrics.pop("returns"))})
              for key, value in metrics.items():
                  assert row[key] == value, (key, row[key], value)
              assert row["run"] == run and row["environment"] == "point-navigation"
      assert place == len(rows) == 12
      print(table.schema.field("iteration").type, table.schema.field("seconds").type)
      """
    let read = try Python.run(["-c", script, sandbox.path])
    #expect(read.code == 0 && read.output == "int64 double\n", "\(read.output)")
    let unwritable = try sandbox.fledge(
      "export-metrics", "a", "--format", "parquet", "--out", "nowhere/m.parquet")
    #expect(unwritable.code == 74 && unwritable.errorLines.count == 1, "\(unwritable.errors)")
  }
}
