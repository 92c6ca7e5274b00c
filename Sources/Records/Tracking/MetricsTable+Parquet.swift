internal import EnvironmentKit
internal import Foundation
internal import Processes
public import RunRecords

extension MetricsTable {
  /// Refuses to write Parquet where its Python package is missing.
  ///
  /// - Throws: `RecordError` of kind `usage` that says how to install it.
  public static func requireParquet() throws {
    try requirePython(["pyarrow"], for: "--format parquet")
  }

  /// Writes the table as a file of Parquet, by Python's pyarrow.
  ///
  /// - Parameter path: The file's path; what stands there stays if this fails.
  /// - Throws: `RecordError`: `inputOutput` with what Python says, or what reading the metrics throws.
  public func writeParquet(to path: String) throws {
    let kinds = JSON.list(columns.map { .list([.text($0.name), .text($0.kind.rawValue)]) })
    let script = String(decoding: PackageResources.parquet_py, as: UTF8.self)
    let failed = { (reason: String) in
      RecordError(.inputOutput, "cannot write \(path): \(reason)")
    }
    let process: ChildProcess
    do {
      process = try ChildProcess("/usr/bin/env", [defaultPython, "-c", script, path, kinds.text])
    } catch {
      throw failed("\(error)")
    }
    var failure: (any Error)?
    do {
      try writeCSV { try process.input.write(contentsOf: Data($0)) }
      try process.input.close()
    } catch {
      // What can't be read is no reason to leave half of it as a whole.
      if error is RecordError { process.stop() }
      failure = error
    }
    let ending = process.ending(within: nil)
    if let failure = failure as? RecordError { throw failure }
    guard ending == .code(0), failure == nil else {
      throw failed(process.lastLine ?? "Python has ended early")
    }
  }
}
