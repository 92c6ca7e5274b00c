internal import EnvironmentKit

extension Film {
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
      try draw(panel, at: moment, from: corner, width: Double(Self.panelWidth), in: picture)
    }
    return try picture.pixels()
  }

  /// A row of moments for each panel.
  ///
  /// - Parameter columns: How many moments, at least 2.
  /// - Returns: The bytes of a PNG file.
  /// - Throws: `DrawingError` for what Cairo can't draw.
  public func filmstrip(columns: Int = 6) throws(DrawingError) -> [UInt8] {
    let width = isWide ? 220 : 150
    let height = Int((Double(width) / aspect).rounded(.up))
    let rowHeight = height + Self.labelHeight + 8
    let whole = columns * (width + 6) + 2 * Self.margin
    let picture = try Picture(
      width: whole, height: Self.header + panels.count * rowHeight, background: .paper)
    picture.write(title, at: [Double(Self.margin), 26], size: 17, .ink)
    writeLegend(in: picture, width: whole)
    for (row, panel) in panels.enumerated() {
      let top = Double(Self.header + row * rowHeight)
      let last = panel.episode.lastMoment
      picture.write(
        "\(panel.label), return \(rounded(panel.returns[last])) in \(last) time steps, "
          + panel.episode.ending,
        at: [Double(Self.margin), top + 14], size: 13, .ink)
      for column in 0..<columns {
        let moment = panel.episode.shownMoment(last * column / (columns - 1))
        let corner = SIMD2(
          Double(Self.margin + column * (width + 6)), top + Double(Self.labelHeight))
        try draw(panel.episode, at: moment, from: corner, width: Double(width), in: picture)
        let isDrawn = panel.episode.scenes.isEmpty
        picture.write(
          "\(moment)", at: corner + [4, 13], size: 11, .faint, on: isDrawn ? .paper : nil)
      }
    }
    return try picture.png()
  }

  private func draw(
    _ panel: Panel, at moment: Int, from corner: SIMD2<Double>, width: Double,
    in picture: borrowing Picture
  ) throws(DrawingError) {
    let last = panel.episode.lastMoment
    let shown = panel.episode.shownMoment(min(moment, last))
    picture.write(panel.label, at: corner + [0, 14], size: 14, .ink)
    picture.write(
      "return \(rounded(panel.returns[shown]))   time step \(shown)"
        + (moment > last ? ", \(panel.episode.ending)" : ""),
      at: corner + [width, 14], size: 13, .faint, align: 1)
    let below = corner + [0, Double(Self.labelHeight)]
    try draw(panel.episode, at: shown, from: below, width: width, in: picture)
    if hasScale {
      frame(panel.episode.scenes[shown], from: below, width: width).drawScale(in: picture)
    }
  }

  /// Tells which colour is the agent's and which the goal's, at the right of the title.
  private func writeLegend(in picture: borrowing Picture, width: Int) {
    let shapes = panels[0].episode.scenes.first?.shapes ?? []
    var right = Double(width - Self.margin)
    for entry in Scene.Role.legend.reversed()
    where shapes.contains(where: { $0.role == entry.role }) {
      picture.write(entry.name, at: [right, 26], size: 13, entry.role.color, align: 1)
      right -= 60
    }
  }

  /// Draws one moment, with the way there where the world is seen from above.
  private func draw(
    _ episode: RecordedEpisode, at moment: Int, from corner: SIMD2<Double>, width: Double,
    in picture: borrowing Picture
  ) throws(DrawingError) {
    guard !episode.scenes.isEmpty else {
      let size = SIMD2(width, (width / aspect).rounded(.up))
      return picture.paint(
        try Picture(png: episode.pictures[moment]), from: corner, size: size)
    }
    let frame = frame(episode.scenes[moment], from: corner, width: width)
    episode.scenes[moment].draw(in: frame, of: picture)
    guard case .above = view else { return }
    picture.clip(from: frame.corner, size: frame.size)
    picture.stroke(episode.track.prefix(moment + 1).map(frame.pixel), width: 1, .faint)
    picture.unclip()
  }

  private func frame(_ scene: Scene, from corner: SIMD2<Double>, width: Double) -> Frame {
    guard case .above(let lowerBound, let upperBound) = view else {
      return Frame(of: scene, from: corner, width: width)
    }
    return Frame(lowerBound: lowerBound, upperBound: upperBound, from: corner, width: width)
  }
}

private func rounded(_ value: Double) -> String {
  let tenths = (value * 10).rounded() / 10
  return "\(tenths == 0 ? 0 : tenths)"
}
