internal import Drawing
internal import EnvironmentKit
internal import Foundation
internal import RunRecords

/// The parts of the report's page that other pages have, too.
package enum SharedParts {
  /// The style sheet.
  package static var styles: [UInt8] { PackageResources.page_css }

  /// The script that plays a replay.
  package static var player: [UInt8] { PackageResources.replay_js }

  /// A replay as a page shows it: `scenes` are what the player takes; where the environment draws itself, `picture` is
  /// an address that holds a PNG of moments in rows.
  ///
  /// - Parameters:
  ///   - replay: The replay.
  ///   - environment: The environment's name.
  /// - Returns: A JSON object with `caption` and `legend` besides.
  /// - Throws: `DrawingError` for pictures that can't be drawn.
  package static func document(of replay: Replay, environment: String) throws -> String {
    let shown =
      replay.hasScenes
      ? "\"scenes\":\(ReplayData([replay]).json)"
      : "\"picture\":\"data:image/png;base64,"
        + Data(try Film(replay, environment: environment).filmstrip()).base64EncodedString() + "\""
    let texts = [("caption", replay.caption), ("legend", [replay].legend)].map { key, text in
      "\"\(key)\":\(JSON.text(text).text)"
    }
    return "{\(texts.joined(separator: ",")),\(shown)}"
  }
}

extension [Replay] {
  /// What the colours mean, in a sentence; empty where none is explained.
  var legend: String {
    let roles = Set(flatMap(\.episodes).flatMap(\.scenes).flatMap(\.shapes).map(\.role))
    let known = Scene.Role.legend.filter { roles.contains($0.role) }
    let text = known.map { "\($0.color) is the \($0.name)" }.joined(separator: ", ")
    return text.isEmpty ? "" : text.prefix(1).uppercased() + text.dropFirst() + "."
  }
}
