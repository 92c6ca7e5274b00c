internal import CCairo
internal import EnvironmentKit

/// A picture as the ink on white paper: how much each pixel lacks of white.
struct InkPicture {
  /// The columns of pixels.
  let width: Int
  /// The rows of pixels.
  let height: Int
  /// The ink of each pixel, `[row, column]`: what its red, green and blue lack of 255, summed.
  let ink: [UInt16]

  /// The ink of a black pixel.
  static let black = 3 * 255

  /// A picture of its pixels, `[row, column]`.
  init(width: Int, height: Int, ink: [UInt16]) {
    (self.width, self.height, self.ink) = (width, height, ink)
  }

  /// Decodes the bytes of a PNG file of any kind: it is painted on white paper, so that Cairo reduces
  /// greys, palettes, transparency and deep colours to the same pixels.
  ///
  /// - Throws: `EnvironmentError` with what is wrong, to follow the name of the file.
  init(png bytes: [UInt8]) throws(EnvironmentError) {
    let file = try PNGFile(bytes)
    let picture = Self.decode(file.essentials)
    defer { cairo_surface_destroy(picture) }
    try Self.check(cairo_surface_status(picture))
    let paper = cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, Int32(file.width), Int32(file.height))
    defer { cairo_surface_destroy(paper) }
    let context = cairo_create(paper)
    defer { cairo_destroy(context) }
    cairo_set_source_rgb(context, 1, 1, 1)
    cairo_paint(context)
    cairo_set_source_surface(context, picture, 0, 0)
    cairo_paint(context)
    cairo_surface_flush(paper)
    try Self.check(cairo_status(context))
    guard let pixels = cairo_image_surface_get_data(paper) else {
      throw EnvironmentError("it has no pixels")
    }
    let stride = Int(cairo_image_surface_get_stride(paper))
    var ink: [UInt16] = []
    ink.reserveCapacity(file.width * file.height)
    for row in 0..<file.height {
      let start = UnsafeRawPointer(pixels + row * stride)
      for column in 0..<file.width {
        let color = start.load(fromByteOffset: 4 * column, as: UInt32.self)
        let light = (color >> 16 & 255) + (color >> 8 & 255) + (color & 255)
        ink.append(UInt16(Self.black) - UInt16(light))
      }
    }
    self.init(width: file.width, height: file.height, ink: ink)
  }

  /// Cairo's picture of a PNG file in memory, to be destroyed, with a status to be checked.
  private static func decode(_ file: [UInt8]) -> OpaquePointer? {
    var unread = file[...]
    return withUnsafeMutablePointer(to: &unread) { unread in
      cairo_image_surface_create_from_png_stream(
        { closure, target, count in
          guard let unread = closure?.assumingMemoryBound(to: ArraySlice<UInt8>.self), let target,
            unread.pointee.count >= count
          else { return CAIRO_STATUS_READ_ERROR }
          for (index, byte) in unread.pointee.prefix(Int(count)).enumerated() {
            target[index] = byte
          }
          unread.pointee.removeFirst(Int(count))
          return CAIRO_STATUS_SUCCESS
        }, unread)
    }
  }

  private static func check(_ status: cairo_status_t) throws(EnvironmentError) {
    guard status != CAIRO_STATUS_SUCCESS else { return }
    throw EnvironmentError("it is damaged (\(String(cString: cairo_status_to_string(status))))")
  }
}
