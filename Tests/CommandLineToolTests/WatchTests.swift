import Foundation
import Glibc
import Testing

/// The live page.
@Suite struct WatchTests {
  @Test(
    "watch answers what it may, to whom it may, and ends with 0 on a signal",
    arguments: [SIGINT, SIGTERM])
  func serving(signal: Int32) throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet").code == 0)
    let files = try sandbox.files("runs")
    let watch = try Watching(in: sandbox)
    let rows = try #require(try object(watch.get("/runs.json").body)["runs"] as? [[String: Any]])
    #expect(rows.count == 1 && rows[0]["run"] as? String == "tiny-1")
    #expect(rows[0]["status"] as? String == "finished" && rows[0]["iteration"] as? Int == 6)
    #expect(
      try object(watch.get("/curve.json?run=tiny-1").body)["iterations"] as? [Int] == [
        1, 2, 3, 4, 5, 6,
      ])
    #expect(try watch.get("/").headers.contains("Content-Security-Policy: default-src 'none'"))
    #expect(try watch.get("/", host: "evil.example").status == 421)
    #expect(try watch.get("/runs/../../etc/passwd").status == 404)
    let posted = try watch.get("/runs.json", method: "POST")
    #expect(posted.status == 405 && posted.headers.contains("Allow: GET, HEAD"))
    let head = try watch.get("/", method: "HEAD")
    #expect(head.status == 200 && head.body.isEmpty)
    let replay = try watch.replay(of: "tiny-1")
    #expect((replay["replay"] as? [String: Any])?["iteration"] as? Int == 6, "\(replay)")
    // Nothing of this has left anything.
    #expect(try sandbox.files("runs") == files)
    let second = try sandbox.fledge("watch", "--port", "\(watch.port)")
    #expect(second.code == 74 && second.errorLines.count == 1, "\(second.errors)")
    #expect(second.errors.contains("the port is in use"), "\(second.errors)")
    kill(watch.process.process.processIdentifier, signal)
    watch.process.process.waitUntilExit()
    let finished = try watch.process.finished()
    #expect(finished.code == 0 && finished.errors.isEmpty, "\(finished.errors)")
    #expect(finished.output == "http://127.0.0.1:\(watch.port)/\n")
  }

  @Test(
    "The replay of a run that was killed, or of an environment that isn't known, changes nothing there"
  )
  func strangers() throws {
    let sandbox = try Sandbox()
    #expect(try sandbox.fledge("train", "tiny.yaml", "--quiet").code == 0)
    try sandbox.copy("runs/tiny-1", to: "runs/other")
    let facts = try sandbox.text("runs/tiny-1/run.json")
    try facts.replacing("\"finished\"", with: "\"running\"").write(
      toFile: sandbox.path + "/runs/tiny-1/run.json", atomically: true, encoding: .utf8)
    let configuration = try sandbox.text("runs/other/config.yaml")
    try configuration.replacing("point-navigation", with: "moon-landing").write(
      toFile: sandbox.path + "/runs/other/config.yaml", atomically: true, encoding: .utf8)
    let files = try sandbox.files("runs")
    let watch = try Watching(in: sandbox)
    #expect(try watch.get("/runs.json").body.contains("\"status\":\"interrupted\""))
    #expect(try watch.replay(of: "tiny-1")["state"] as? String == "recorded")
    let refused = try watch.replay(of: "other")
    #expect((refused["reason"] as? String)?.contains("moon-landing") == true, "\(refused)")
    #expect(try sandbox.files("runs") == files)
  }

  @Test(
    "What watch can't serve is refused in a line",
    arguments: [
      ("watch", 65, "runs: no such directory"), ("watch . --host 0.0.0.0", 64, "--allow-remote"),
      ("watch . --host example.com", 64, "--allow-remote"), ("watch . --port 65536", 64, "--port"),
      ("watch tiny.yaml", 65, "tiny.yaml: no such directory"),
    ])
  func refusals(line: String, code: Int32, part: String) throws {
    let refused = try Sandbox().fledge(words(line))
    #expect(refused.code == code && refused.errorLines.count == 1, "\(refused.errors)")
    #expect(refused.errors.contains(part), "\(refused.errors)")
  }

  private static let browser = ReportTests.program("chromium", "chromium-browser", "google-chrome")

  @Test(
    "In a browser the page fills as a run begins, goes along with it, and keeps what was chosen",
    .enabled(
      if: browser != nil && ReportTests.program("python3") != nil,
      "no Chromium, or no Python, is installed"), arguments: [1280, 390])
  func page(width: Int) throws {
    let chromium = try #require(Self.browser)
    let sandbox = try Sandbox()
    try FileManager.default.createDirectory(
      atPath: sandbox.path + "/runs", withIntermediateDirectories: false)
    let watch = try Watching(in: sandbox)
    let page = try Page(chromium, width, watch.address, in: sandbox)
    #expect(try page.value("!document.querySelector('#empty').hidden") == "true")
    let training = try sandbox.start([
      "train", "tiny.yaml", "--iterations", "1000000", "--quiet", "--threads", "1",
    ])
    #expect(try page.value("document.querySelectorAll('.run.running').length") == "1")
    _ = try page.value("location.hash = 'tiny-1'")
    #expect(try page.value("document.querySelectorAll('#curves .line').length") == "2")
    // The iteration that is shown grows without anybody's doing.
    let iteration = "Number(document.querySelector('.run .progress').textContent.split(' ')[0])"
    let first = try #require(Int(try page.value(iteration)))
    #expect(try page.value("\(iteration) > \(first)") == "true")
    _ = try page.value("document.querySelector('#record').click() || 1")
    #expect(try page.value("document.querySelectorAll('#replay canvas').length") == "4")
    training.process.interrupt()
    training.process.waitUntilExit()
    #expect(
      try page.value("document.querySelector('dd.interrupted')?.textContent") == "\"interrupted\"")
    #expect(try page.value("document.querySelector('#detail h2').textContent") == "\"tiny-1\"")
    #expect(try page.value("document.querySelectorAll('#replay canvas').length") == "4")
    #expect(try page.value("document.documentElement.scrollWidth") == "\(width)")
    try sandbox.remove("runs/tiny-1")
    #expect(try page.value("document.querySelectorAll('.run').length === 0") == "true")
    let seen = try page.end()
    #expect(seen["errors"] as? [String] == [], "\(seen)")
    #expect(seen["hosts"] as? [String] == ["127.0.0.1:\(watch.port)"])
  }
}

/// `fledge watch`, ended with the value.
private final class Watching {
  let process: Running
  let address: String
  let port: Int

  init(in sandbox: Sandbox) throws {
    process = try sandbox.start(["watch", "--port", "0"])
    var line = ""
    while process.process.isRunning && !line.hasSuffix("\n") {
      usleep(10_000)
      line = try process.printed()
    }
    address = String(line.dropLast())
    port = try #require(Int(address.split(separator: ":").last?.dropLast() ?? ""))
  }

  deinit {
    process.process.terminate()
    process.process.waitUntilExit()
  }

  /// What is answered to a request, just as it is written here.
  func get(
    _ target: String, method: String = "GET", host: String = "localhost"
  ) throws -> (status: Int, headers: String, body: String) {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(connection) }
    var place = sockaddr_in()
    place.sin_family = sa_family_t(AF_INET)
    place.sin_port = in_port_t(port).bigEndian
    place.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let connected = withUnsafePointer(to: &place) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(connected == 0)
    let request = Array(
      "\(method) \(target) HTTP/1.1\r\nHost: \(host)\r\nConnection: close\r\n\r\n".utf8)
    try #require(send(connection, request, request.count, 0) == request.count)
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = recv(connection, &part, part.count, 0), count > 0 {
      bytes += part[..<count]
    }
    let text = String(decoding: bytes, as: UTF8.self)
    let end = try #require(text.firstRange(of: "\r\n\r\n"))
    let headers = String(text[..<end.lowerBound])
    let status = try #require(headers.split(separator: " ").dropFirst().first.flatMap { Int($0) })
    return (status, headers, String(text[end.upperBound...]))
  }

  /// What there is of a replay, once it is no longer being recorded.
  func replay(of run: String) throws -> [String: Any] {
    while true {
      let answer = try object(get("/replay.json?run=\(run)").body)
      guard answer["state"] as? String == "recording" else { return answer }
      usleep(50_000)
    }
  }
}

/// A page in a browser, which is asked by expressions of JavaScript.
private final class Page {
  private let process = Process()
  private let input = Pipe()
  private let output = Pipe()

  init(_ chromium: String, _ width: Int, _ address: String, in sandbox: Sandbox) throws {
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", fixtures + "/browser.py", chromium, sandbox.path + "/profile-\(width)", "\(width)",
      address,
    ]
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  /// The value of an expression as JSON, as soon as it is neither false nor missing.
  func value(_ expression: String) throws -> String {
    try input.fileHandleForWriting.write(contentsOf: Data((expression + "\n").utf8))
    return try line()
  }

  /// Ends it, and tells what went wrong there and which hosts were asked.
  func end() throws -> [String: Any] {
    try input.fileHandleForWriting.close()
    let seen = try object(line())
    process.waitUntilExit()
    return seen
  }

  private func line() throws -> String {
    var bytes = Data()
    while let byte = try output.fileHandleForReading.read(upToCount: 1), byte != Data("\n".utf8) {
      bytes += byte
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}

extension Sandbox {
  /// The files below a directory with what they hold.
  fileprivate func files(_ directory: String) throws -> [String: Data] {
    let names = try FileManager.default.subpathsOfDirectory(atPath: "\(path)/\(directory)")
    return try names.reduce(into: [:]) { files, name in
      var isDirectory: ObjCBool = false
      let file = "\(path)/\(directory)/\(name)"
      _ = FileManager.default.fileExists(atPath: file, isDirectory: &isDirectory)
      files[name] =
        isDirectory.boolValue ? Data() : try Data(contentsOf: URL(fileURLWithPath: file))
    }
  }
}
