internal import Glibc

extension RunFacts {
  /// The machine this process runs on: operating system, architecture, processor, cores, name.
  public static var currentHost: [String: String] {
    var host: [String: String] = [:]
    var names = utsname()
    if uname(&names) == 0 {
      host["system"] = text(names.sysname) + " " + text(names.release)
      host["architecture"] = text(names.machine)
      host["name"] = text(names.nodename)
    }
    host["cores"] = String(sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    host["processor"] = processorName
    return host
  }

  /// The time now as ISO 8601 in UTC, such as `2026-01-31T12:00:00Z`.
  static var now: String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let date = [Int(parts.tm_year) + 1900, Int(parts.tm_mon) + 1, Int(parts.tm_mday)]
    let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { Int($0) }
    let twoDigits = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
    let dateText = date.map(twoDigits).joined(separator: "-")
    return dateText + "T" + clock.map(twoDigits).joined(separator: ":") + "Z"
  }

  private static var processorName: String? {
    guard let file = fopen("/proc/cpuinfo", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 512)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
      return String(text[text.index(after: colon)...].dropFirst().prefix { !$0.isNewline })
    }
    return nil
  }

  /// The text of a fixed-size C array of characters.
  private static func text<Characters>(_ characters: Characters) -> String {
    withUnsafeBytes(of: characters) { buffer in
      String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
