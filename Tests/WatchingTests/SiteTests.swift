import Foundation
import MetaLearning
import RunRecords
import Testing

@testable import Watching

@Suite("What is answered to whom")
struct SiteTests {
  private func site(_ runs: Runs, _ hosts: Hosts? = nil) throws -> Site {
    Site(
      hosts: try hosts ?? Hosts(listeningAt: "127.0.0.1", allowsRemote: false),
      catalogue: Catalogue(of: runs.path, methods: .builtIn),
      studio: ReplayStudio { _ in "{}" })
  }

  @Test(
    "An address that other machines can reach is refused unless told",
    arguments: ["0.0.0.0", "::", "192.168.0.1", "example.com", "localhost.example.com", ""])
  func remote(address: String) throws {
    let error = #expect(throws: RecordError.self) {
      try Hosts(listeningAt: address, allowsRemote: false)
    }
    #expect(error?.kind == .usage && error?.message.contains("--allow-remote") == true)
    #expect(try Hosts(listeningAt: address, allowsRemote: true).allow("localhost:1"))
  }

  @Test("Loopback goes by its names", arguments: ["127.0.0.1", "127.1.2.3", "localhost", "[::1]"])
  func loopback(address: String) throws {
    let hosts = try Hosts(listeningAt: address, allowsRemote: false)
    for name in ["localhost", "LOCALHOST:80", "127.0.0.1:8931", "[::1]:8931", "\(address):1"] {
      #expect(hosts.allow(name), "\(name)")
    }
    #expect(hosts.url(port: 5) == "http://\(address):5/")
  }

  @Test(
    "By a name that could be made to lead here nobody is answered",
    arguments: [
      nil, "", "evil.example", "evil.example:8931", "localhost.evil.example",
      "localhost@evil.example",
      "localhost:1@evil.example", "localhost/evil", "192.168.0.1", "a b",
    ])
  func foreign(host: String?) throws {
    let runs = try Runs()
    #expect(try site(runs).answer("GET", "/runs.json", host: host).status == 421)
    let remote = try Hosts(listeningAt: "0.0.0.0", allowsRemote: true)
    let isNumber = host == "192.168.0.1"
    #expect(
      try site(runs, remote).answer("GET", "/", host: host).status == (isNumber ? 200 : 421))
  }

  @Test("Nothing but showing is done", arguments: ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
  func methods(method: String) throws {
    #expect(try site(try Runs()).answer(method, "/", host: "localhost").status == 405)
  }

  @Test(
    "No path leads to a file",
    arguments: [
      "/runs/../../etc/passwd", "/../etc/passwd", "//etc/passwd", "/page.css/..", "/etc/passwd",
      "/a/run.json", "/curve.json", "/curve.json?run=", "/curve.json?run=..",
      "/replay.json?run=../a",
      "/replay.json?run=/etc", "/curve.json?run=a%00", "/%2e%2e/", "*", "", "/curve.json?run=%ff",
      "/curve.json?run=./a",
    ])
  func paths(target: String) throws {
    let runs = try Runs()
    try runs.add("a")
    let site = try site(runs)
    #expect(site.answer("GET", target, host: "localhost").status == 404)
    #expect(site.answer("GET", "/curve.json?run=a", host: "localhost").status == 200)
  }

  @Test("A run's name may have any characters")
  func names() throws {
    let runs = try Runs()
    let name = "a b&c=d#ü%\"<script>"
    try runs.add(name)
    let site = try site(runs)
    let query = try #require(name.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
    #expect(site.answer("GET", "/curve.json?run=\(query)", host: "localhost").status == 200)
    #expect(try runs.rows()[name] != nil)
  }

  @Test("Everything that the page loads is served beside it")
  func parts() throws {
    let site = try site(try Runs())
    let page = String(decoding: site.answer("GET", "/", host: "localhost").body, as: UTF8.self)
    let parts = page.matches(of: /(?:src|href)="([^"#]+)"/).map { String($0.1) }
    #expect(parts.count == 8)
    for part in parts {
      let answer = site.answer("GET", "/\(part)", host: "localhost")
      #expect(answer.status == 200 && !answer.body.isEmpty, "\(part)")
    }
    #expect(Site.headers["Content-Security-Policy"]?.hasPrefix("default-src 'none'") == true)
  }
}
