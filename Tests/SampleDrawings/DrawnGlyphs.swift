public import CCairo
internal import Foundation
internal import Randomness

/// Small drawn characters in Omniglot's layout, in a temporary folder.
public struct DrawnGlyphs {
  /// The folder of the data.
  public let path: String

  /// The alphabets of the training set.
  public static let trainAlphabets = ["Alpine", "Brook", "Coast", "Dune"]
  /// The alphabets of the test set; one of them is in the training set too.
  public static let testAlphabets = ["Coast", "Estuary", "Fjord"]
  /// The characters of each alphabet.
  public static let charactersPerAlphabet = 6
  /// The drawings of each character.
  public static let drawingsPerCharacter = 8

  /// Writes both sets, in the opposite order if asked for, runs `body` and removes them.
  ///
  /// - Parameters:
  ///   - isReversed: Whether the last file is written first.
  ///   - body: Is handed the drawings.
  /// - Returns: What it returns.
  /// - Throws: What it throws, or what the system refuses.
  public static func write<Result>(
    isReversed: Bool = false, _ body: (DrawnGlyphs) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("drawn-glyphs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let glyphs = DrawnGlyphs(path: folder.path)
    for (name, bytes) in isReversed ? files.reversed() : files {
      try glyphs.write(bytes, to: name)
    }
    return try body(glyphs)
  }

  /// The drawings of both sets by their paths, drawn once for all tests.
  private static let files = [
    ("images_background", trainAlphabets), ("images_evaluation", testAlphabets),
  ].flatMap { set, alphabets in
    alphabets.flatMap { alphabet in
      (1...charactersPerAlphabet).flatMap { number in
        let character = "\(set)/\(alphabet)/character0\(number)"
        return (1...drawingsPerCharacter).map { drawing in
          ("\(character)/000_0\(drawing).png", draw(character, drawing))
        }
      }
    }
  }

  /// The path of something in the folder.
  public func callAsFunction(_ name: String) -> String { "\(path)/\(name)" }

  /// Writes bytes to a file, whose folder is made.
  public func write(_ bytes: [UInt8], to name: String) throws {
    let url = URL(fileURLWithPath: self(name))
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  /// The bytes of a file.
  public func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: self(name))))
  }

  /// Removes a file or folder.
  public func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: self(name))
  }

  /// Draws a line through five points, the same one for a character but for some jitter.
  private static func draw(_ character: String, _ drawing: Int) -> [UInt8] {
    var shape = RandomStream(key: character.utf8.reduce(0) { $0 &* 31 &+ UInt64($1) })
    var jitter = RandomStream(key: shape.next() &+ UInt64(drawing))
    let points = (0..<5).map { _ in
      SIMD2<Double>(shape.uniform(), shape.uniform()) * 25 + 5
        + SIMD2(jitter.uniform(), jitter.uniform()) * 3
    }
    return png(width: 36, height: 36) { context in
      for point in points { cairo_line_to(context, point.x, point.y) }
      cairo_set_line_width(context, 2)
      cairo_stroke(context)
    }
  }
}

/// The bytes of a PNG file of a drawing in black, on white paper where the format isn't transparent.
///
/// - Parameters:
///   - format: Of its pixels.
///   - width: In pixels.
///   - height: In pixels.
///   - draw: Draws with Cairo's context.
/// - Returns: The bytes.
public func png(
  _ format: cairo_format_t = CAIRO_FORMAT_RGB24, width: Int, height: Int,
  draw: (OpaquePointer?) -> Void
) -> [UInt8] {
  let surface = cairo_image_surface_create(format, Int32(width), Int32(height))
  let context = cairo_create(surface)
  defer {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }
  if format == CAIRO_FORMAT_RGB24 {
    cairo_set_source_rgb(context, 1, 1, 1)
    cairo_paint(context)
    cairo_set_source_rgb(context, 0, 0, 0)
  }
  draw(context)
  var bytes: [UInt8] = []
  withUnsafeMutablePointer(to: &bytes) { pointer in
    _ = cairo_surface_write_to_png_stream(
      surface,
      { closure, data, count in
        closure?.assumingMemoryBound(to: [UInt8].self).pointee.append(
          contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
        return CAIRO_STATUS_SUCCESS
      }, pointer)
  }
  return bytes
}
