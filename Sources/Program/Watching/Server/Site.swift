internal import Foundation
internal import Reports
internal import RunRecords

/// What is answered to whom. Nothing can be changed, and no path leads to a file: runs are looked up among those that
/// were found.
struct Site: Sendable {
  let hosts: Hosts
  let catalogue: Catalogue
  let studio: ReplayStudio

  /// An answer of HTTP.
  struct Answer {
    var status = 200
    var type = "text/plain; charset=utf-8"
    var body: [UInt8] = []

    fileprivate static func text(_ status: Int, _ text: String) -> Answer {
      Answer(status: status, body: Array((text + "\n").utf8))
    }

    fileprivate static func json(_ text: String) -> Answer {
      Answer(type: "application/json", body: Array(text.utf8))
    }
  }

  /// What every answer tells a browser: to keep nothing, and to load nothing from elsewhere.
  static let headers = [
    "Cache-Control": "no-store",
    "Content-Security-Policy":
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
      + "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  ]

  /// The methods that are answered, as a header has them.
  static let methods = "GET, HEAD"

  /// Answers a request.
  ///
  /// - Parameters:
  ///   - method: Such as `GET`.
  ///   - target: The path with its query.
  ///   - host: The name that this machine was asked by.
  /// - Returns: The answer; that to `HEAD` is the one to `GET`, whose body isn't sent.
  func answer(_ method: String, _ target: String, host: String?) -> Answer {
    guard hosts.allow(host) else {
      return .text(421, "this page is not served by that name; ask for localhost")
    }
    guard method == "GET" || method == "HEAD" else {
      return .text(405, "this page only shows; expected GET or HEAD")
    }
    guard let url = URLComponents(string: target) else { return Self.missing }
    let query = { (name: String) in url.queryItems?.first { $0.name == name }?.value }
    switch url.path {
    case "/": return Answer(type: "text/html; charset=utf-8", body: PackageResources.index_html)
    case "/page.css": return Answer(type: "text/css", body: SharedParts.styles)
    case "/watch.css": return Answer(type: "text/css", body: PackageResources.watch_css)
    case "/icon.svg": return Answer(type: "image/svg+xml", body: PackageResources.icon_svg)
    case "/runs.json": return .json(catalogue.changes(since: query("since")))
    case "/curve.json":
      return query("run").flatMap(catalogue.curve).map(Answer.json) ?? Self.missing
    case "/replay.json":
      return query("run").flatMap(catalogue.directory).map(replay) ?? Self.missing
    default:
      return scripts[url.path].map { Answer(type: "text/javascript", body: $0) } ?? Self.missing
    }
  }

  private static let missing = Answer.text(404, "there is nothing here")

  private var scripts: [String: [UInt8]] {
    [
      "/chart.js": PackageResources.chart_js, "/list.js": PackageResources.list_js,
      "/detail.js": PackageResources.detail_js, "/watch.js": PackageResources.watch_js,
      "/replay.js": SharedParts.player,
    ]
  }

  private func replay(of run: RunDirectory) -> Answer {
    let state = { (name: String) in "{\"state\":\"\(name)\"}" }
    switch studio.replay(of: run) {
    case .recorded(let document):
      return .json("{\"state\":\"recorded\",\"replay\":\(document)}")
    case .refused(let reason):
      return .json("{\"state\":\"refused\",\"reason\":\(JSON.text(reason).text)}")
    case .recording: return .json(state("recording"))
    case .busy: return .json(state("busy"))
    }
  }
}
