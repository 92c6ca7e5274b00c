import Foundation
import MetaLearning
import Mutation
import RunRecords
import Testing

@testable import Watching

@Suite("What is found of runs")
struct CatalogueTests {
  @Test("A run is listed with what its files say")
  func row() throws {
    let runs = try Runs()
    try runs.add("deep/er/nav")
    let row = try #require(try runs.rows()["deep/er/nav"])
    #expect(row["status"] as? String == "finished" && row["seed"] as? Int == 7)
    #expect(row["environment"] as? String == "point-navigation" && row["problem"] == nil)
    #expect(row["iteration"] as? Int == 3 && row["iterations"] as? Int == 40)
    #expect(row["adaptation"] as? [Double] == [-8, 2] && row["score"] as? Double == 2)
    #expect(row["sketch"] as? [Double] == [1, 2, 3] && row["isRead"] as? Bool == true)
  }

  @Test("A page is told only what has changed since it asked, and of what has vanished")
  func changes() throws {
    let runs = try Runs()
    let catalogue = Catalogue(of: runs.path, methods: .builtIn, now: hourlyClock())
    let empty = try object(catalogue.changes(since: nil))
    #expect(empty["isWhole"] as? Bool == true && (empty["runs"] as? [Any])?.isEmpty == true)
    let a = try runs.add("a")
    try runs.add("b")
    var news = try object(catalogue.changes(since: empty["version"] as? String))
    #expect(news["isWhole"] as? Bool == false && (news["runs"] as? [Any])?.count == 2)
    // Half a line is still being written.
    try append(line(4) + "{\"iteration\":", to: a.metricsPath)
    try FileManager.default.removeItem(atPath: runs.path + "/b")
    let text = catalogue.changes(since: news["version"] as? String)
    news = try object(text)
    let rows = try Runs.rows(in: text)
    #expect(rows.count == 1 && rows["a"]?["iteration"] as? Int == 4 && rows["a"]?["problem"] == nil)
    #expect(news["gone"] as? [String] == ["b"])
    let same = try object(catalogue.changes(since: news["version"] as? String))
    #expect((same["runs"] as? [Any])?.isEmpty == true && same["gone"] as? [String] == [])
    for stranger in ["", "x", "1-2-3", "ffff-1", "9", "\(news["version"] ?? "")9"] {
      #expect(try object(catalogue.changes(since: stranger))["isWhole"] as? Bool == true)
    }
    // A run of the same name that began anew is there again.
    try runs.add("b")
    #expect(try Runs.rows(in: catalogue.changes(since: news["version"] as? String))["b"] != nil)
  }

  @Test("However many ask, the directory is looked through once in a second")
  func pause() throws {
    let runs = try Runs()
    let start = ContinuousClock.now
    let catalogue = Catalogue(of: runs.path, methods: .builtIn, now: { start })
    _ = catalogue.changes(since: nil)
    try runs.add("a")
    for _ in 0..<50 {
      #expect(try Runs.rows(in: catalogue.changes(since: nil)).isEmpty)
      #expect(catalogue.curve(of: "a") == nil)
    }
  }

  @Test("Metrics that were cut back and written anew are read anew")
  func cutBack() throws {
    let runs = try Runs()
    let run = try runs.add("a", iterations: 1..<9)
    let catalogue = Catalogue(of: runs.path, methods: .builtIn, now: hourlyClock())
    #expect(try Runs.rows(in: catalogue.changes(since: nil))["a"]?["iteration"] as? Int == 8)
    for last in [3, 20] {
      let text =
        (1...2).map(line).joined()
        + (3...last).map { line($0).replacing(".0", with: ".5") }
        .joined()
      try Array(text.utf8).write(to: run.metricsPath)
      let row = try Runs.rows(in: catalogue.changes(since: nil))["a"]
      #expect(row?["iteration"] as? Int == last)
      let curve = try object(try #require(catalogue.curve(of: "a")))
      #expect(curve["iterations"] as? [Int] == Array(1...last))
      #expect((curve["after"] as? [Double])?.last == Double(last) + 0.5)
    }
  }

  @Test("A damaged run is shown as damaged, with the file and the line, and spoils no other")
  func damage() throws {
    let runs = try Runs()
    try runs.add("sound")
    let facts = try runs.add("facts")
    let configuration = try runs.add("configuration")
    let metrics = try runs.add("metrics")
    let folder = try runs.add("folder")
    try Array("{\"name\":".utf8).write(to: facts.factsPath)
    try Array("outer: [".utf8).write(to: configuration.configurationPath)
    try Array((line(1) + "rubbish\n" + line(3)).utf8).write(to: metrics.metricsPath)
    try FileManager.default.removeItem(atPath: folder.metricsPath)
    try FileManager.default.createDirectory(
      atPath: folder.metricsPath, withIntermediateDirectories: false)
    let rows = try runs.rows()
    #expect(rows["sound"]?["status"] as? String == "finished")
    for (name, part) in [
      ("facts", "run.json"), ("configuration", "config.yaml"), ("metrics", "metrics.jsonl:2"),
      ("folder", "metrics.jsonl"),
    ] {
      #expect(rows[name]?["status"] as? String == "damaged", "\(name)")
      let problem = rows[name]?["problem"] as? String ?? ""
      #expect(problem.contains(part), "\(name): \(problem)")
    }
    #expect(rows["metrics"]?["iteration"] as? Int == 1)
  }

  @Test("A run whose metrics are put right is no longer damaged")
  func repair() throws {
    let runs = try Runs()
    let run = try runs.add("a")
    try append("rubbish\n", to: run.metricsPath)
    let catalogue = Catalogue(of: runs.path, methods: .builtIn, now: hourlyClock())
    #expect(
      try Runs.rows(in: catalogue.changes(since: nil))["a"]?["status"] as? String == "damaged")
    try Array((1..<6).map(line).joined().utf8).write(to: run.metricsPath)
    let row = try Runs.rows(in: catalogue.changes(since: nil))["a"]
    #expect(row?["status"] as? String == "finished" && row?["iteration"] as? Int == 5)
  }

  @Test("A directory that vanishes is told of, and may come back")
  func noDirectory() throws {
    let runs = try Runs()
    try runs.add("a")
    let catalogue = Catalogue(of: runs.path, methods: .builtIn, now: hourlyClock())
    let first = try object(catalogue.changes(since: nil))
    try FileManager.default.removeItem(atPath: runs.path)
    let news = try object(catalogue.changes(since: first["version"] as? String))
    #expect(news["gone"] as? [String] == ["a"])
    #expect((news["problem"] as? String)?.contains("no such directory") == true)
    try runs.add("a")
    let back = try object(catalogue.changes(since: news["version"] as? String))
    #expect(back["problem"] is NSNull && (back["runs"] as? [Any])?.count == 1)
  }

  @Test("A long curve has few points, whose means are those of all iterations")
  func curve() throws {
    let runs = try Runs()
    try runs.add("a", iterations: 1..<1001)
    let catalogue = Catalogue(of: runs.path, methods: .builtIn, now: hourlyClock())
    while try Runs.rows(in: catalogue.changes(since: nil))["a"]?["isRead"] as? Bool == false {}
    let curve = try object(try #require(catalogue.curve(of: "a")))
    let iterations = try #require(curve["iterations"] as? [Int])
    #expect(iterations.count == 250 && iterations[0] == 4 && iterations.last == 1000)
    #expect((curve["after"] as? [Double])?[0] == 2.5)
    #expect((curve["before"] as? [Double])?.last == 988.5)
    #expect((curve["validation"] as? [Any])?.allSatisfy { $0 is NSNull } == true)
  }

  @Test("Mutated files of a run never stop the page")
  func mutations() throws {
    let runs = try Runs()
    let run = try runs.add("a")
    let files = [run.factsPath, run.configurationPath, run.metricsPath]
    let sound = try files.map { [UInt8](try Data(contentsOf: URL(fileURLWithPath: $0))) }
    let catalogue = Catalogue(of: runs.path, methods: .builtIn, now: hourlyClock())
    var random = Mutations(seed: 28)
    for _ in 0..<Mutations.count(300) {
      for (file, bytes) in zip(files, sound) {
        try (Bool.random(using: &random) ? bytes : random.mutated(bytes)).write(to: file)
      }
      #expect(try Runs.rows(in: catalogue.changes(since: nil)).count == 1)
      _ = try object(try #require(catalogue.curve(of: "a")))
    }
  }
}
