public import EnvironmentKit

/// Episodes on one task beside each other, moment by moment: what films and filmstrips show.
public struct Film: Sendable {
  /// One of the episodes.
  public struct Panel: Sendable {
    /// What it shows, in a few words.
    public let label: String
    /// The episode, with at least one scene or picture.
    public let episode: RecordedEpisode
    /// What had been gained by each moment.
    let returns: [Double]

    /// A panel of an episode.
    public init(label: String, episode: RecordedEpisode) {
      (self.label, self.episode, returns) = (label, episode, episode.returns)
    }
  }

  /// What panels show of their episodes.
  enum View {
    /// The same part of the plane in all panels, seen from above, in m.
    case above(lowerBound: SIMD2<Float>, upperBound: SIMD2<Float>)
    /// A world seen from the side, in each panel along with its body.
    case side
    /// Pictures that the environment has drawn.
    case pictures
  }

  let title: String
  let panels: [Panel]
  let view: View
  /// Width over height of what is shown.
  let aspect: Double

  /// A film of episodes.
  ///
  /// - Parameters:
  ///   - title: The line above all panels.
  ///   - panels: At least one, all of the same environment.
  /// - Throws: `DrawingError` for scenes or pictures that can't be drawn.
  public init(title: String, panels: [Panel]) throws(DrawingError) {
    self.title = title
    self.panels = panels
    let episodes = panels.map(\.episode)
    let haveScenes = episodes.first?.scenes.isEmpty == false
    guard !episodes.isEmpty,
      episodes.allSatisfy({ $0.isSeen && $0.scenes.isEmpty != haveScenes })
    else { throw DrawingError(message: "an episode without scenes or pictures shows nothing") }
    let scenes = episodes.flatMap(\.scenes)
    for scene in scenes { try scene.requireBounds() }
    guard let first = scenes.first else {
      view = .pictures
      let size = try Picture(png: episodes[0].pictures[0]).size
      // What is narrower still stands in the middle of its panel.
      aspect = min(max(size.x / size.y, 0.5), 4)
      return
    }
    var (lowerBound, upperBound) = (first.lowerBound, first.upperBound)
    if first.isSeenFromSide {
      view = .side
    } else {
      for scene in scenes {
        lowerBound = pointwiseMin(lowerBound, scene.lowerBound)
        upperBound = pointwiseMax(upperBound, scene.upperBound)
      }
      view = .above(lowerBound: lowerBound, upperBound: upperBound)
    }
    let size = upperBound - lowerBound
    aspect = Double(size.x / size.y)
  }

  /// The moments that are shown: all of the longest episode, or those of which every panel has a picture, and its
  /// last.
  public var moments: [Int] {
    let last = panels.map(\.episode.lastMoment).max() ?? 0
    let spacing = panels.map(\.episode.pictures.spacing).max() ?? 1
    return Array(stride(from: 0, to: last, by: spacing)) + [last]
  }

  /// Width and height of a frame, in pixels, both even.
  public var size: SIMD2<Int> {
    let rows = (panels.count + columns - 1) / columns
    let (width, height) = (
      columns * (Self.panelWidth + Self.margin) + Self.margin,
      Self.header + rows * (panelHeight + Self.labelHeight + Self.margin)
    )
    return SIMD2(width + width % 2, height + height % 2)
  }

  /// Whether panels are wide, so that two of them fill a row.
  var isWide: Bool {
    switch view {
    case .above: false
    case .side: true
    case .pictures: aspect > 1.25
    }
  }

  /// Whether there is a scale below each panel.
  var hasScale: Bool { if case .side = view { true } else { false } }

  var columns: Int { min(panels.count, isWide ? 2 : 4) }

  var panelHeight: Int {
    Int((Double(Self.panelWidth) / aspect).rounded(.up)) + (hasScale ? Self.scaleHeight : 0)
  }

  static let panelWidth = 420
  static let margin = 16
  static let header = 40
  static let labelHeight = 20
  private static let scaleHeight = 24
}
