public import Drawing
internal import Foundation

extension Film {
  /// How a film is encoded.
  public enum Encoding: String, Sendable, CaseIterable {
    /// H.264, for browsers and slides.
    case mp4
    /// An animation that plays wherever a picture does.
    case gif
  }

  /// Encodes the film with ffmpeg.
  ///
  /// - Parameters:
  ///   - encoding: How.
  ///   - path: The file, replaced where there is one.
  ///   - framesPerSecond: Moments shown in a second.
  /// - Throws: ``ToolError`` where ffmpeg is missing or can't write, or `DrawingError`.
  public func encode(_ encoding: Encoding, to path: String, framesPerSecond: Int = 25) throws {
    let filters =
      switch encoding {
      case .mp4: ["-pix_fmt", "yuv420p", "-movflags", "+faststart"]
      case .gif: ["-filter_complex", "split[a][b];[a]palettegen[p];[b][p]paletteuse"]
      }
    let input = [
      "-v", "error", "-nostdin", "-y", "-f", "rawvideo", "-pixel_format", "bgr0", "-video_size",
      "\(size.x)x\(size.y)", "-framerate", "\(framesPerSecond)", "-i", "pipe:0",
    ]
    let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
    try ExternalTool.ffmpeg.run(input + filters + ["-f", encoding.rawValue, absolute]) { pipe in
      var frame = Data()
      for moment in moments {
        frame = Data(try pixels(at: moment))
        try pipe.write(contentsOf: frame)
      }
      // The end stays for a second.
      for _ in 0..<framesPerSecond { try pipe.write(contentsOf: frame) }
    }
  }
}
