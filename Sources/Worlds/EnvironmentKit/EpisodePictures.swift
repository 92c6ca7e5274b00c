/// The pictures that an environment has drawn of an episode, each as a PNG file.
///
/// However long the episode, so few are kept that a film of them lasts ten seconds: of every moment, of every
/// second, of every fourth, and of the last.
public struct EpisodePictures: Sendable, Equatable {
  /// The most that are kept beside the last, and the most bytes of all.
  private static let (mostPictures, mostBytes) = (256, 32 << 20)

  /// Time steps from one picture to the next: a power of two.
  public private(set) var spacing = 1
  /// Of moments 0, spacing, 2 spacing, ...
  private var kept: [[UInt8]] = []
  private var last: [UInt8] = []
  private var lastMoment = -1

  /// No pictures yet.
  public init() {}

  /// Whether there are none.
  public var isEmpty: Bool { lastMoment < 0 }

  /// Whether a moment's picture would be kept, should the episode go on after it.
  public func isWanted(_ moment: Int) -> Bool { moment % spacing == 0 }

  /// Adds the picture of a moment that is wanted, or of the last.
  ///
  /// - Parameters:
  ///   - picture: The bytes of a PNG file.
  ///   - moment: Later than those before, from 0.
  public mutating func add(_ picture: [UInt8], at moment: Int) {
    (last, lastMoment) = (picture, moment)
    if isWanted(moment) { kept.append(picture) }
    while kept.count > Self.mostPictures
      || (kept.count > 1 && kept.reduce(0) { $0 + $1.count } > Self.mostBytes)
    {
      spacing *= 2
      kept = stride(from: 0, to: kept.count, by: 2).map { kept[$0] }
    }
  }

  /// The moment whose picture stands for a moment: the last one before it of which there is a picture.
  public func shownMoment(_ moment: Int) -> Int {
    moment >= lastMoment ? lastMoment : moment - moment % spacing
  }

  /// The picture that stands for a moment.
  public subscript(moment: Int) -> [UInt8] {
    moment >= lastMoment ? last : kept[moment / spacing]
  }
}
