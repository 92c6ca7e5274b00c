/// A picture with a title and a caption above it, as ``EnvironmentKit/Scene/png(title:width:)`` gives a scene.
///
/// - Parameters:
///   - png: The bytes of a PNG file.
///   - title: What is shown.
///   - caption: The task in words.
/// - Returns: The bytes of a PNG file.
/// - Throws: `DrawingError` for a picture that can't be drawn.
public func titled(_ png: [UInt8], title: String, caption: String) throws(DrawingError) -> [UInt8] {
  let shown = try Picture(png: png)
  // Room for the words; a small picture is enlarged.
  let width = max(shown.size.x, 420)
  let height = min((shown.size.y * width / shown.size.x).rounded(.up), 2 * width)
  let picture = try Picture(
    width: Int(width) + 32, height: Int(height) + 80, background: .paper)
  picture.write(title, at: [16, 30], size: 20, .ink)
  picture.write(caption, at: [16, 52], size: 15, .faint)
  picture.paint(shown, from: [16, 64], size: [width, height])
  return try picture.png()
}
