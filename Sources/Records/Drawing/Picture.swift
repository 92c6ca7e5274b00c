internal import CCairo

/// A drawing surface of pixels.
///
/// Points are in pixels, y downward.
struct Picture: ~Copyable {
  private let surface: OpaquePointer
  private let context: OpaquePointer

  /// A picture filled with one colour.
  ///
  /// - Throws: `DrawingError` where it would be too large, or there is no memory for it.
  init(width: Int, height: Int, background: Color) throws(DrawingError) {
    // What is too large is handed to Cairo as no size at all, which it refuses in its own words.
    let fits = max(width, height) <= Int(Int16.max) && width * height <= Self.pixelLimit
    surface = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, fits ? Int32(width) : -1, fits ? Int32(height) : -1)
    context = cairo_create(surface)
    set(background)
    cairo_paint(context)
    cairo_set_line_join(context, CAIRO_LINE_JOIN_ROUND)
    cairo_set_line_cap(context, CAIRO_LINE_CAP_ROUND)
    cairo_select_font_face(
      context, "sans-serif", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL)
    try check(cairo_status(context))
  }

  /// The picture in a PNG file.
  ///
  /// - Parameter png: The bytes of the file.
  /// - Throws: `DrawingError` where it isn't a sound one.
  init(png: [UInt8]) throws(DrawingError) {
    var rest = png[...]
    surface = withUnsafeMutablePointer(to: &rest) { pointer in
      cairo_image_surface_create_from_png_stream(
        { closure, data, count in
          guard let rest = closure?.assumingMemoryBound(to: ArraySlice<UInt8>.self),
            rest.pointee.count >= count
          else { return CAIRO_STATUS_READ_ERROR }
          let target = UnsafeMutableBufferPointer(start: data, count: Int(count))
          _ = target.update(fromContentsOf: rest.pointee.prefix(Int(count)))
          rest.pointee.removeFirst(Int(count))
          return CAIRO_STATUS_SUCCESS
        }, pointer)
    }
    context = cairo_create(surface)
    try check(cairo_surface_status(surface))
  }

  private static let pixelLimit = 1 << 26

  deinit {
    cairo_destroy(context)
    cairo_surface_destroy(surface)
  }

  /// Fills a polygon.
  func fill(_ points: [SIMD2<Double>], _ color: Color) {
    trace(points)
    cairo_close_path(context)
    set(color)
    cairo_fill(context)
  }

  /// Draws a line with round ends; a single point makes a disc.
  func stroke(_ points: [SIMD2<Double>], width: Double, _ color: Color) {
    trace(points)
    if points.count == 1 { cairo_close_path(context) }
    set(color)
    cairo_set_line_width(context, width)
    cairo_stroke(context)
  }

  /// Writes a line of text; `point` is where its baseline begins, ends, or has its middle.
  ///
  /// What it is to be read on is given where it may be of any colour.
  func write(
    _ text: String, at point: SIMD2<Double>, size: Double, _ color: Color, align share: Double = 0,
    on background: Color? = nil
  ) {
    cairo_set_font_size(context, size)
    var extents = cairo_text_extents_t()
    cairo_text_extents(context, text, &extents)
    if let background {
      set(background)
      cairo_rectangle(context, point.x - 2, point.y - size, extents.x_advance + 4, size + 2)
      cairo_fill(context)
    }
    cairo_move_to(context, point.x - share * extents.x_advance, point.y)
    set(color)
    cairo_show_text(context, text)
  }

  /// Draws a picture into a rectangle, as large as it fits, in the middle, with a border.
  func paint(
    _ other: borrowing Picture, from corner: SIMD2<Double>, size: SIMD2<Double>
  ) {
    let scale = (size / other.size).min()
    let start = corner + (size - scale * other.size) / 2
    cairo_save(context)
    cairo_translate(context, start.x, start.y)
    cairo_scale(context, scale, scale)
    cairo_set_source_surface(context, other.surface, 0, 0)
    // The pixels of a small picture stay squares.
    cairo_pattern_set_filter(
      cairo_get_source(context), scale >= 2 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD)
    // Beyond its edge would otherwise be what is transparent, which would shine through.
    cairo_pattern_set_extend(cairo_get_source(context), CAIRO_EXTEND_PAD)
    cairo_rectangle(context, 0, 0, other.size.x, other.size.y)
    cairo_fill(context)
    cairo_restore(context)
    let shown = scale * other.size
    stroke(
      [[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]].map { start + $0 * shown }, width: 1, .faint)
  }

  /// Width and height, in pixels.
  var size: SIMD2<Double> {
    [
      Double(cairo_image_surface_get_width(surface)),
      Double(cairo_image_surface_get_height(surface)),
    ]
  }

  /// Confines what is drawn from now on to a rectangle.
  func clip(from corner: SIMD2<Double>, size: SIMD2<Double>) {
    cairo_rectangle(context, corner.x, corner.y, size.x, size.y)
    cairo_clip(context)
  }

  /// Ends every confinement.
  func unclip() { cairo_reset_clip(context) }

  /// The picture as the bytes of a PNG file.
  ///
  /// - Throws: `DrawingError` for what Cairo couldn't draw or encode.
  func png() throws(DrawingError) -> [UInt8] {
    try check(cairo_status(context))
    cairo_surface_flush(surface)
    var bytes: [UInt8] = []
    let status = withUnsafeMutablePointer(to: &bytes) { pointer in
      cairo_surface_write_to_png_stream(
        surface,
        { closure, data, count in
          closure?.assumingMemoryBound(to: [UInt8].self).pointee.append(
            contentsOf: UnsafeBufferPointer(start: data, count: Int(count)))
          return CAIRO_STATUS_SUCCESS
        }, pointer)
    }
    try check(status)
    return bytes
  }

  /// The picture as rows of pixels of four bytes: blue, green, red, and one that is unused.
  ///
  /// - Throws: `DrawingError` for what Cairo couldn't draw.
  func pixels() throws(DrawingError) -> [UInt8] {
    try check(cairo_status(context))
    cairo_surface_flush(surface)
    guard let data = cairo_image_surface_get_data(surface) else {
      throw DrawingError(message: "the picture has no pixels")
    }
    let count = cairo_image_surface_get_stride(surface) * cairo_image_surface_get_height(surface)
    return Array(UnsafeBufferPointer(start: data, count: Int(count)))
  }

  private func trace(_ points: [SIMD2<Double>]) {
    cairo_new_path(context)
    for point in points { cairo_line_to(context, point.x, point.y) }
  }

  private func set(_ color: Color) {
    cairo_set_source_rgb(context, color.red, color.green, color.blue)
  }

  private func check(_ status: cairo_status_t) throws(DrawingError) {
    guard status != CAIRO_STATUS_SUCCESS else { return }
    throw DrawingError(message: String(cString: cairo_status_to_string(status)))
  }
}

/// Why a picture couldn't be drawn.
public struct DrawingError: Error, CustomStringConvertible {
  /// Cairo's words.
  public let message: String
  /// The message.
  public var description: String { "a picture can't be drawn: \(message)" }
}

/// The version of the drawing library, such as `1.16.0`.
public var cairoVersion: String { String(cString: cairo_version_string()) }
