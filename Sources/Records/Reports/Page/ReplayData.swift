internal import EnvironmentKit
internal import Foundation

/// Replays as the page's script reads them: each different shape once, to the millimetre.
struct ReplayData: Encodable {
  private let tasks: [Task]
  private let shapes: [Shape]
  private let side: Bool

  private struct Task: Encodable {
    let caption: String
    /// What lies between the episodes, in words.
    let unit: String
    let episodes: [Episode]
  }

  private struct Episode: Encodable {
    let returns: [Double]
    /// How it ended, in a word.
    let ending: String
    /// Indices of shapes, the first one behind, `[moment][shape]`.
    var frames: [[Int]] = []
    /// What is shown of the plane at each moment, or always: left, bottom, right, top, in m.
    var views: [[Double]] = []
    /// Where the agent was at each moment, where the world is seen from above, x and y, in m.
    var track: [Double] = []
  }

  fileprivate struct Shape: Encodable, Hashable {
    let role: String
    let points: [Double]
    let radius: Double
    let closed: Bool
  }

  init(_ replays: [Replay]) {
    var shapes: [Shape] = []
    var places: [Shape: Int] = [:]
    let side = replays.first?.episodes.first?.scenes.first?.isSeenFromSide ?? false
    tasks = replays.map { replay in
      let scenes = replay.episodes.flatMap(\.scenes)
      let common = scenes.dropFirst().reduce(scenes[0].view) { view, scene in
        zip(zip(view, scene.view), [true, true, false, false]).map { pair, isLow in
          isLow ? min(pair.0, pair.1) : max(pair.0, pair.1)
        }
      }
      return Task(
        caption: replay.caption, unit: replay.unit,
        episodes: replay.episodes.map { episode in
          Episode(
            returns: episode.returns.map { ($0 * 1000).rounded() / 1000 },
            ending: episode.ending,
            frames: episode.scenes.map { scene in
              scene.shapes.map { shape in
                let shape = Shape(shape)
                if let place = places[shape] { return place }
                places[shape] = shapes.count
                shapes.append(shape)
                return shapes.count - 1
              }
            }, views: side ? episode.scenes.map(\.view) : [common],
            track: side ? [] : episode.track.flatMap { [millimetres($0.x), millimetres($0.y)] })
        })
    }
    self.shapes = shapes
    self.side = side
  }

  /// As the content of a script element.
  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = (try? encoder.encode(self)) ?? Data("{}".utf8)
    // What would end the element is written otherwise.
    return String(decoding: data, as: UTF8.self).replacing("</", with: "<\\/")
  }
}

extension ReplayData.Shape {
  init(_ shape: Scene.Shape) {
    self.init(
      role: shape.role.rawValue,
      points: shape.points.flatMap { [millimetres($0.x), millimetres($0.y)] },
      radius: millimetres(shape.radius), closed: shape.isClosed)
  }
}

extension Scene {
  /// Left, bottom, right and top of what is worth seeing, in m.
  fileprivate var view: [Double] {
    [lowerBound.x, lowerBound.y, upperBound.x, upperBound.y].map(millimetres)
  }
}

private func millimetres(_ length: Float) -> Double { (Double(length) * 1000).rounded() / 1000 }
