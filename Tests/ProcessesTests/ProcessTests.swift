import Foundation
import Testing

@testable import Processes

@Suite struct ProcessTests {
  @Test(
    "Of what a process prints, the end is kept, however much it is, and the process never waits")
  func tail() throws {
    let pipe = Pipe()
    let tail = try OutputTail(of: pipe.fileHandleForReading.fileDescriptor)
    // Far more than a pipe holds: without a reader, the writer would wait for ever.
    let line = Data(String(repeating: "x", count: 1023).utf8) + Data("\n".utf8)
    for _ in 0..<2000 { try pipe.fileHandleForWriting.write(contentsOf: line) }
    try pipe.fileHandleForWriting.write(contentsOf: Data("the license has expired\n\n".utf8))
    try pipe.fileHandleForWriting.close()
    #expect(tail.lastLine == "the license has expired")
  }

  private func shell(_ script: String, in directory: String? = nil) throws -> ChildProcess {
    try ChildProcess(
      "/bin/sh", ["-c", script], environment: ["FLEDGE_TEST": "given"], in: directory, answers: true
    )
  }

  @Test("A program gets what it is fed, its arguments, its variables and its directory")
  func start() throws {
    let process = try shell(#"read line; echo "$line $FLEDGE_TEST $(pwd)""#, in: "/")
    try process.input.write(contentsOf: Data("fed\n".utf8))
    #expect(try process.output.readToEnd() == Data("fed given /\n".utf8))
    #expect(process.waitForEnd() == .code(0))
  }

  @Test("How a program ends is known, with the last line that it wrote")
  func ending() throws {
    let process = try shell("echo first >&2; echo last >&2; exit 3")
    #expect(process.waitForEnd() == .code(3))
    #expect(process.lastLine == "last")
    #expect(process.ending?.description == "with code 3")
    #expect(try shell("kill -9 $$").waitForEnd().description == "by signal 9")
  }

  @Test("The end of a program is noticed in a given time, whatever those do that it has forked")
  func endingInTime() throws {
    let waiting = try shell("read line")
    #expect(waiting.ending(within: 0.05) == nil)
    try waiting.input.close()
    #expect(waiting.ending(within: nil) == .code(1))
    let parent = try shell("sleep 1000 & exit 3")
    #expect(parent.ending(within: 100) == .code(3))
    parent.stop()
    #expect(try shell("kill -9 $$").ending(within: 100) == .signal(9))
  }

  @Test("Writing to a program that has ended is an error, not the end of this one")
  func brokenPipe() throws {
    let process = try shell("exit 0")
    _ = process.waitForEnd()
    #expect(throws: (any Error).self) {
      try process.input.write(contentsOf: Data(repeating: 0, count: 1 << 20))
    }
  }

  @Test("A program is stopped with all that it has started")
  func stop() throws {
    let process = try shell("sleep 1000 & echo $!; wait")
    var started = Data()
    while !started.contains(UInt8(ascii: "\n")) { started += process.output.availableData }
    let text = String(decoding: started, as: UTF8.self)
    let child = try #require(Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    process.stop()
    // Whoever has no parent any more is reaped by the system, which may take a moment, or never be.
    let state = { try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8) }
    for _ in 0..<500 where state().map({ !$0.contains(") Z") }) ?? false { usleep(10_000) }
    #expect(state().map { $0.contains(") Z") } ?? true)
  }

  @Test("A program that isn't there can't be started")
  func missing() {
    #expect(throws: ProcessError.self) { try ChildProcess("/nowhere/to/be/found", []) }
  }
}
