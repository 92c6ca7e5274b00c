public import EnvironmentKit

extension Scene {
  /// Draws the scene, with a title, the task in words and a scale in m.
  ///
  /// - Parameters:
  ///   - title: What is shown.
  ///   - width: The width of the picture, in pixels; its height follows from the scene.
  /// - Returns: The bytes of a PNG file.
  /// - Throws: `DrawingError` for a scene that can't be drawn.
  public func png(title: String, width: Int = 960) throws(DrawingError) -> [UInt8] {
    try requireBounds()
    let frame = Frame(of: self, from: [16, 64], width: Double(width - 32))
    let height = frame.corner.y + frame.size.y + 32
    guard (64...8192).contains(width), height <= 8192 else {
      throw DrawingError(
        message: "\(width) x \(Int(height)) pixels; at most 8192 each can be drawn")
    }
    let picture = try Picture(width: width, height: Int(height), background: .paper)
    picture.write(title, at: [16, 30], size: 20, .ink)
    picture.write(caption, at: [16, 52], size: 15, .faint)
    draw(in: frame, of: picture)
    frame.drawScale(in: picture)
    return try picture.png()
  }

  /// Requires that what is worth seeing has a size that can be drawn.
  func requireBounds() throws(DrawingError) {
    let size = upperBound - lowerBound
    let reach = max(abs(lowerBound.x), abs(lowerBound.y))
    guard size.x >= 0.01, size.y >= 0.01, size.x <= 1e5, size.y <= 1e5, reach <= 1e5 else {
      throw DrawingError(message: "the scene goes from \(lowerBound) to \(upperBound) m")
    }
  }

  /// Draws the shapes alone.
  func draw(in frame: Frame, of picture: borrowing Picture) {
    picture.clip(from: frame.corner, size: frame.size)
    for shape in shapes {
      // What lies far outside only has to stay there: Cairo's numbers end at 2²³.
      let points = shape.points.map {
        frame.pixel($0).clamped(
          lowerBound: .init(repeating: -1e6), upperBound: .init(repeating: 1e6))
      }
      let radius = min(Double(shape.radius) * frame.pixelsPerMetre, 1e5)
      guard points.allSatisfy({ $0 == $0 }), !radius.isNaN else { continue }
      let width = max(2 * radius, Self.thinnest)
      if shape.isClosed { picture.fill(points, shape.role.color) }
      if !shape.isClosed || shape.radius > 0 {
        let path = shape.isClosed ? points + points.prefix(1) : points
        picture.stroke(path, width: width, shape.role.color)
      }
    }
    picture.unclip()
    picture.stroke(frame.border, width: 1, .faint)
  }

  /// The width of a line without thickness, in pixels.
  private static let thinnest = 2.0
}

/// Where in a picture a part of the plane is shown.
struct Frame {
  /// The upper left corner, in pixels.
  let corner: SIMD2<Double>
  /// Width and height, in pixels.
  let size: SIMD2<Double>
  /// The scale.
  let pixelsPerMetre: Double
  private let lowerBound: SIMD2<Double>

  /// A frame for what is worth seeing of a scene.
  init(of scene: Scene, from corner: SIMD2<Double>, width: Double) {
    self.init(
      lowerBound: scene.lowerBound, upperBound: scene.upperBound, from: corner, width: width)
  }

  /// A frame for a part of the plane, in m.
  init(
    lowerBound: SIMD2<Float>, upperBound: SIMD2<Float>, from corner: SIMD2<Double>, width: Double
  ) {
    let shown = SIMD2<Double>(upperBound - lowerBound)
    self.corner = corner
    pixelsPerMetre = width / shown.x
    size = (shown * pixelsPerMetre).rounded(.up)
    self.lowerBound = SIMD2<Double>(lowerBound)
  }

  /// Where a point of the plane is shown, in pixels.
  func pixel(_ point: SIMD2<Float>) -> SIMD2<Double> {
    let offset = (SIMD2<Double>(point) - lowerBound) * pixelsPerMetre
    return [corner.x + offset.x, corner.y + size.y - offset.y]
  }

  /// The corners of the frame, closed.
  var border: [SIMD2<Double>] {
    [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]].map { corner + $0 * size }
  }

  /// Ticks and numbers under the frame, at whole multiples of a round length.
  func drawScale(in picture: borrowing Picture) {
    let shown = size.x / pixelsPerMetre
    let spacing = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50].first { shown / $0 <= 12 } ?? shown
    let first = (lowerBound.x / spacing).rounded(.up)
    for index in stride(from: first, through: (lowerBound.x + shown) / spacing, by: 1) {
      let place = corner + [(index * spacing - lowerBound.x) * pixelsPerMetre, size.y]
      picture.stroke([place, place + [0, 6]], width: 1, .faint)
      // Beside it may stand another picture.
      guard min(place.x - corner.x, corner.x + size.x - place.x) > 16 else { continue }
      let number = ((index * spacing) * 10).rounded() / 10
      let text = number == number.rounded() ? "\(Int(number))" : "\(number)"
      picture.write("\(text) m", at: place + [0, 20], size: 12, .faint, align: 0.5)
    }
  }
}
