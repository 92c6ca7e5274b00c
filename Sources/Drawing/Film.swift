public import EnvironmentKit

/// Episodes on one task beside each other, moment by moment: what films and filmstrips show.
public struct Film: Sendable {
  /// One of the episodes.
  public struct Panel: Sendable {
    /// What it shows, in a few words.
    public let label: String
    /// The episode, with at least one scene.
    public let episode: RecordedEpisode
    /// What had been gained by each scene.
    let returns: [Double]

    /// A panel of an episode.
    public init(label: String, episode: RecordedEpisode) {
      (self.label, self.episode, returns) = (label, episode, episode.returns)
    }
  }

  private let title: String
  private let panels: [Panel]
  /// What all panels show of the plane; nil where each goes along with its body.
  private let view: (lowerBound: SIMD2<Float>, upperBound: SIMD2<Float>)?

  /// A film of episodes.
  ///
  /// - Parameters:
  ///   - title: The line above all panels.
  ///   - panels: At least one, all of the same environment.
  /// - Throws: `DrawingError` for scenes that can't be drawn.
  public init(title: String, panels: [Panel]) throws(DrawingError) {
    self.title = title
    self.panels = panels
    let scenes = panels.flatMap(\.episode.scenes)
    for scene in scenes { try scene.requireBounds() }
    guard let first = scenes.first, panels.allSatisfy({ !$0.episode.scenes.isEmpty }) else {
      throw DrawingError(message: "an episode without scenes shows nothing")
    }
    view =
      first.isSeenFromSide
      ? nil
      : scenes.reduce((first.lowerBound, first.upperBound)) { view, scene in
        (
          pointwiseMin(view.0, scene.lowerBound), pointwiseMax(view.1, scene.upperBound)
        )
      }
  }

  /// The moments of the longest episode.
  public var momentCount: Int { panels.map(\.episode.scenes.count).max() ?? 0 }

  /// Width and height of a frame, in pixels, both even.
  public var size: SIMD2<Int> {
    let rows = (panels.count + columns - 1) / columns
    let (width, height) = (
      columns * (Self.panelWidth + Self.margin) + Self.margin,
      Self.header + rows * (panelHeight + Self.labelHeight + Self.margin)
    )
    return SIMD2(width + width % 2, height + height % 2)
  }

  /// One frame as rows of pixels of four bytes: blue, green, red, and one that is unused.
  ///
  /// - Parameter moment: From 0; an episode that ended before shows its end.
  /// - Returns: `size.x * size.y * 4` bytes.
  /// - Throws: `DrawingError` for what Cairo can't draw.
  public func pixels(at moment: Int) throws(DrawingError) -> [UInt8] {
    let picture = try Picture(width: size.x, height: size.y, background: .paper)
    picture.write(title, at: [Double(Self.margin), 26], size: 17, .ink)
    writeLegend(in: picture, width: size.x)
    for (index, panel) in panels.enumerated() {
      let column = index % columns
      let row = index / columns
      let corner = SIMD2<Double>(
        Double(Self.margin + column * (Self.panelWidth + Self.margin)),
        Double(Self.header + row * (panelHeight + Self.labelHeight + Self.margin)))
      draw(panel, at: moment, from: corner, width: Double(Self.panelWidth), in: picture)
    }
    return try picture.pixels()
  }

  /// A row of moments for each panel.
  ///
  /// - Parameter columns: How many moments, at least 2.
  /// - Returns: The bytes of a PNG file.
  /// - Throws: `DrawingError` for what Cairo can't draw.
  public func filmstrip(columns: Int = 6) throws(DrawingError) -> [UInt8] {
    let width = view == nil ? 220 : 150
    let height = Int((Double(width) / aspect).rounded(.up))
    let rowHeight = height + Self.labelHeight + 8
    let whole = columns * (width + 6) + 2 * Self.margin
    let picture = try Picture(
      width: whole, height: Self.header + panels.count * rowHeight, background: .paper)
    picture.write(title, at: [Double(Self.margin), 26], size: 17, .ink)
    writeLegend(in: picture, width: whole)
    for (row, panel) in panels.enumerated() {
      let top = Double(Self.header + row * rowHeight)
      let last = panel.episode.scenes.count - 1
      picture.write(
        "\(panel.label), return \(rounded(panel.returns[last])) in \(last) time steps, "
          + panel.episode.ending,
        at: [Double(Self.margin), top + 14], size: 13, .ink)
      for column in 0..<columns {
        let moment = last * column / (columns - 1)
        let scene = panel.episode.scenes[moment]
        let corner = SIMD2(
          Double(Self.margin + column * (width + 6)), top + Double(Self.labelHeight))
        let frame = frame(scene, from: corner, width: Double(width))
        draw(panel.episode, at: moment, in: frame, picture)
        picture.write("\(moment)", at: corner + [4, 13], size: 11, .faint)
      }
    }
    return try picture.png()
  }

  private func draw(
    _ panel: Panel, at moment: Int, from corner: SIMD2<Double>, width: Double,
    in picture: borrowing Picture
  ) {
    let last = panel.episode.scenes.count - 1
    let shown = min(moment, last)
    let scene = panel.episode.scenes[shown]
    picture.write(panel.label, at: corner + [0, 14], size: 14, .ink)
    picture.write(
      "return \(rounded(panel.returns[shown]))   time step \(shown)"
        + (moment > last ? ", \(panel.episode.ending)" : ""),
      at: corner + [width, 14], size: 13, .faint, align: 1)
    let frame = frame(scene, from: corner + [0, Double(Self.labelHeight)], width: width)
    draw(panel.episode, at: shown, in: frame, picture)
    if view == nil { frame.drawScale(in: picture) }
  }

  /// Tells which colour is the agent's and which the goal's, at the right of the title.
  private func writeLegend(in picture: borrowing Picture, width: Int) {
    let shapes = panels[0].episode.scenes[0].shapes
    var right = Double(width - Self.margin)
    for (role, word) in [(Scene.Role.goal, "goal"), (.body, "agent")]
    where shapes.contains(where: { $0.role == role }) {
      picture.write(word, at: [right, 26], size: 13, role.color, align: 1)
      right -= 60
    }
  }

  /// Draws one moment, with the way there where the world is seen from above.
  private func draw(
    _ episode: RecordedEpisode, at moment: Int, in frame: Frame, _ picture: borrowing Picture
  ) {
    episode.scenes[moment].draw(in: frame, of: picture)
    guard view != nil else { return }
    picture.clip(from: frame.corner, size: frame.size)
    picture.stroke(episode.track.prefix(moment + 1).map(frame.pixel), width: 1, .faint)
    picture.unclip()
  }

  private func frame(_ scene: Scene, from corner: SIMD2<Double>, width: Double) -> Frame {
    guard let view else { return Frame(of: scene, from: corner, width: width) }
    return Frame(
      lowerBound: view.lowerBound, upperBound: view.upperBound, from: corner, width: width)
  }

  /// Width over height of what is shown.
  private var aspect: Double {
    let scene = panels[0].episode.scenes[0]
    let size = (view?.upperBound ?? scene.upperBound) - (view?.lowerBound ?? scene.lowerBound)
    return Double(size.x / size.y)
  }

  private var columns: Int { min(panels.count, view == nil ? 2 : 4) }
  private var panelHeight: Int {
    Int((Double(Self.panelWidth) / aspect).rounded(.up)) + (view == nil ? Self.scaleHeight : 0)
  }

  private static let panelWidth = 420
  private static let margin = 16
  private static let header = 40
  private static let labelHeight = 20
  private static let scaleHeight = 24
}

private func rounded(_ value: Double) -> String {
  let tenths = (value * 10).rounded() / 10
  return "\(tenths == 0 ? 0 : tenths)"
}
