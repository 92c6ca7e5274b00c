internal import Glibc
internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import RunRecords

/// Serves a site over HTTP until the process ends.
struct Server {
  let site: Site
  let port: Int
  /// One thread that reads and writes for all.
  private let events = MultiThreadedEventLoopGroup(numberOfThreads: 1)

  init(of site: Site, port: Int) { (self.site, self.port) = (site, port) }

  /// Serves it.
  ///
  /// - Parameter started: Told the page's address once it is served.
  /// - Throws: `RecordError` of kind `inputOutput` where the system refuses.
  func run(_ started: @escaping @Sendable (String) -> Void) async throws {
    let site = site
    // There is nothing to know beyond what each request is answered.
    let logger = Logger(label: "fledge") { _ in SwiftLogNoOpLogHandler() }
    let application = Application(
      responder: CallbackResponder { (request: Request, _: BasicRequestContext) in
        Self.response(to: request, by: site)
      },
      // Who is connected and silent makes room for others.
      server: .http1(configuration: .init(idleTimeout: .seconds(30))),
      configuration: .init(
        address: .hostname(site.hosts.address, port: port),
        availableConnectionsDelegate: .maximum(500, logger: logger)),
      onServerRunning: { channel in
        started(site.hosts.url(port: channel.localAddress?.port ?? port))
      },
      eventLoopGroupProvider: .shared(events),
      logger: logger)
    do {
      try await application.run()
    } catch {
      let address = site.hosts.url(port: port)
      throw RecordError(.inputOutput, "cannot serve at \(address): \(reason(error))")
    }
  }

  private static func response(to request: Request, by site: Site) -> Response {
    let answer = site.answer(
      request.method.rawValue, request.uri.string, host: request.head.authority)
    var fields = HTTPFields()
    fields[.contentType] = answer.type
    fields[.contentLength] = String(answer.body.count)
    for (name, value) in Site.headers {
      if let name = HTTPField.Name(name) { fields[name] = value }
    }
    if answer.status == 405 { fields[.allow] = Site.methods }
    let body =
      request.method == .head
      ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
    return Response(status: .init(code: answer.status), headers: fields, body: body)
  }

  private func reason(_ error: any Error) -> String {
    switch (error as? IOError)?.errnoCode {
    case EADDRINUSE:
      "the port is in use; choose another with --port, or let --port 0 find a free one"
    case EACCES: "permission denied; choose a port from 1024 on with --port"
    case EADDRNOTAVAIL: "it is no address of this machine; choose another with --host"
    default: "\(error)"
    }
  }
}
