internal import Foundation
internal import Glibc
internal import RunRecords

/// By which names this machine may be asked. A page from elsewhere can make its own name lead here (DNS rebinding), but
/// then that name is what it asks by.
struct Hosts: Sendable {
  /// Where to listen.
  let address: String
  private let allowsRemote: Bool

  /// Decides where to listen.
  ///
  /// - Parameters:
  ///   - address: A name or number of this machine.
  ///   - allowsRemote: Whether other machines may connect.
  /// - Throws: `RecordError` of kind `usage` if they could, though they mustn't.
  init(listeningAt address: String, allowsRemote: Bool) throws {
    let bare =
      address.hasPrefix("[") && address.hasSuffix("]")
      ? String(address.dropFirst().dropLast()) : address
    guard allowsRemote || Self.isLoopback(bare) else {
      throw RecordError(
        .usage,
        "--host \(address.prefix(100)) may be reached from other machines, and whoever reaches it reads all runs; "
          + "take 127.0.0.1 and an SSH tunnel, or add --allow-remote")
    }
    (self.address, self.allowsRemote) = (bare, allowsRemote)
  }

  /// Whether a request by this name is answered.
  ///
  /// - Parameter authority: The request's `Host`, with its port maybe; a tunnel has a port of its own.
  /// - Returns: Whether it names this machine.
  func allow(_ authority: String?) -> Bool {
    guard let authority, let host = Self.host(in: authority) else { return false }
    if Self.isLoopback(host) || host == address.lowercased() { return true }
    // No name can be made to lead here where there is none.
    return allowsRemote
      && (Self.isNumber(host) || host == ProcessInfo.processInfo.hostName.lowercased())
  }

  /// The address of the page.
  ///
  /// - Parameter port: The port that it is served at.
  /// - Returns: A URL.
  func url(port: Int) -> String {
    "http://\(address.contains(":") ? "[\(address)]" : address):\(port)/"
  }

  /// The host of an authority, without brackets; nil for what is none.
  private static func host(in authority: String) -> String? {
    guard let url = URLComponents(string: "http://\(authority)/"), url.user == nil,
      url.path == "/", let host = url.host, !host.isEmpty
    else { return nil }
    return host.lowercased().trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
  }

  private static func isLoopback(_ host: String) -> Bool {
    if host.lowercased() == "localhost" { return true }
    var (four, six) = (in_addr(), in6_addr())
    if inet_pton(AF_INET, host, &four) == 1 { return UInt32(bigEndian: four.s_addr) >> 24 == 127 }
    guard inet_pton(AF_INET6, host, &six) == 1 else { return false }
    return withUnsafeBytes(of: six) { Array($0) } == Array(repeating: 0, count: 15) + [1]
  }

  private static func isNumber(_ host: String) -> Bool {
    var (four, six) = (in_addr(), in6_addr())
    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
  }
}
