import Testing

@testable import RunRecords

@Suite struct MetricsTableTests {
  private func table(_ runs: [(name: String, lines: String)], in path: String) throws
    -> MetricsTable
  {
    try MetricsTable(
      runs.map { name, lines in
        let directory = try RunDirectory.create(at: "\(path)/\(name)", configuration: "")
        try replaceFile(directory.metricsPath, with: Array(lines.utf8))
        return MetricsTable.Run(
          directory, facts: RunFacts(name: name, seed: 3), environment: "world", method: "adam")
      })
  }

  private func rows(_ table: MetricsTable) throws -> [String] {
    var bytes: [UInt8] = []
    try table.writeCSV { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  @Test("Columns are the keys of all runs, cells have all digits, and what is missing is empty")
  func columns() throws {
    try withTemporaryDirectory { path in
      let first = IterationMetrics(
        iteration: 1, seconds: 0.1 + 0.2, environmentSteps: 40,
        returns: [-1.5, .leastNonzeroMagnitude],
        outerLoss: .nan, extra: ["steps": 1e300, "seed": 2])
      let second = IterationMetrics(
        iteration: 1, seconds: 1, environmentSteps: 7, returns: [2], lineSearchSteps: 4,
        accepted: false)
      let lines = [("a", first.json + "\n"), ("b", second.json + "\n{\"half")]
      let table = try table(lines, in: path)
      #expect(
        try rows(table) == [
          "run,name,environment,method,seed,iteration,seconds,environmentSteps,returns0,returns1,"
            + "outerLoss,lineSearchSteps,accepted,metrics.seed,steps",
          "\(path)/a,a,world,adam,3,1,0.30000000000000004,40,-1.5,5e-324,,,,2.0,1e+300",
          "\(path)/b,b,world,adam,3,1,1.0,7,2.0,,,4,false,,",
        ])
      let kinds = table.columns.map { "\($0.name) \($0.kind)" }
      #expect(kinds.contains("accepted flag") && kinds.contains("lineSearchSteps integer"))
    }
  }

  @Test("A table of many lines is written whole")
  func many() throws {
    try withTemporaryDirectory { path in
      let lines = (1...5000).map { iteration in
        IterationMetrics(
          iteration: iteration, seconds: 1 / Double(iteration), environmentSteps: 1, returns: [1]
        ).json + "\n"
      }
      let rows = try rows(table([("a", lines.joined())], in: path))
      #expect(rows.count == 5001)
      #expect(rows.last == "\(path)/a,a,world,adam,3,5000,0.0002,1,1.0")
    }
  }

  @Test("A damaged line and a run without metrics are named")
  func damage() throws {
    try withTemporaryDirectory { path in
      #expect {
        try table([("a", "{}\n")], in: path)
      } throws: {
        "\($0)".contains("a/metrics.jsonl:1: is not the metrics of an iteration")
      }
      #expect { try table([("b", "")], in: path) } throws: {
        "\($0)".contains("holds no iteration yet")
      }
    }
  }

  @Test("Cells that would be torn apart are quoted")
  func quoting() {
    #expect(csvLine(["a", "b,c", "d\"e", "f\r\ng", ""]) == "a,\"b,c\",\"d\"\"e\",\"f\r\ng\",")
  }
}
