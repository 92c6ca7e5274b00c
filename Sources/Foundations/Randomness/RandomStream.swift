internal import CNumerics

/// A reproducible sequence of random words, named by what it is drawn for.
///
/// A stream is a pure function of its name: whoever names it, on whichever thread and in whichever
/// order, draws the same values. Training names one for every (seed, iteration, task, phase,
/// episode) and purpose, which is why results depend neither on the number of workers nor on an
/// interruption.
///
/// **No overlap.** The name is hashed to 128 bits by six rounds of Philox4x32-10, each a bijection
/// of the state keyed by the next part of the name. 64 of these bits become the key of the stream
/// and 64 the upper half of its counter; the lower half counts blocks. So two streams either share
/// nothing or have equal 128-bit hashes, and among a million million streams the probability of one
/// such pair is about 1.5e-15.
///
/// **Positions.** A stream is a row of 32-bit words, and every draw consumes words in order: a
/// uniform or normal number one, ``next()`` two. Normal numbers come in pairs, the cosine and the
/// sine of one Box-Muller transform of two words, so one that does not continue a pair starts at
/// the next even position, and any other draw leaves the rest of an open pair behind. A fill gives
/// exactly the bits of the same number of single draws.
public struct RandomStream: Sendable, RandomNumberGenerator {
  let name: fledge_philox_stream
  /// The index of the next word.
  var position: UInt64 = 0
  /// Whether the word at `position` is the second one of a normal pair whose first was drawn.
  var isPairOpen = false
  private var block = SIMD4<UInt32>.zero
  private var blockIndex = UInt64.max

  /// Names a stream.
  ///
  /// - Parameters:
  ///   - seed: The seed of the run.
  ///   - iteration: The meta-iteration, 0 where there is none.
  ///   - task: The index of the task within the iteration.
  ///   - phase: The number of adaptation steps taken before, or another stage of the task.
  ///   - episode: The index of the episode within the phase.
  ///   - purpose: What the numbers are for.
  public init(
    seed: UInt64, iteration: Int = 0, task: Int = 0, phase: Int = 0, episode: Int = 0,
    purpose: StreamPurpose
  ) {
    var state = SIMD4<UInt32>(0x666C_6564, 0x6765_2D73, 0x7472_6561, 0x6D00_0001)
    func absorb(_ part: UInt64) {
      state = Philox4x32.block(counter: state, key: SIMD2(halvesOf: part))
    }
    absorb(seed)
    absorb(UInt64(bitPattern: Int64(iteration)))
    absorb(UInt64(bitPattern: Int64(task)))
    absorb(UInt64(bitPattern: Int64(phase)))
    absorb(UInt64(bitPattern: Int64(episode)))
    absorb(UInt64(purpose.rawValue))
    name = fledge_philox_stream(
      key: state.lowHalf.joined, upper_counter: state.highHalf.joined)
  }

  /// Names a stream by its key alone, for programs that tell episodes apart themselves.
  ///
  /// - Parameter key: Any number; streams of different keys share nothing.
  public init(key: UInt64) { name = fledge_philox_stream(key: key, upper_counter: 0) }

  /// The part of the hashed name that can name a stream of another program: 64 uniform bits.
  public var key: UInt64 { name.key }

  /// Returns 64 uniformly random bits: two words of the stream.
  ///
  /// - Returns: A value uniform over all 64-bit words.
  public mutating func next() -> UInt64 {
    let low = nextWord()
    let high = nextWord()
    return SIMD2(low, high).joined
  }

  /// The next word, after what is left of an open normal pair.
  mutating func nextWord() -> UInt32 {
    if isPairOpen {
      isPairOpen = false
      position += 1
    }
    if blockIndex != position / 4 {
      blockIndex = position / 4
      block = Philox4x32.block(
        counter: SIMD4(
          lowHalf: SIMD2(halvesOf: blockIndex), highHalf: SIMD2(halvesOf: name.upper_counter)),
        key: SIMD2(halvesOf: name.key))
    }
    defer { position += 1 }
    return block[Int(position % 4)]
  }

  /// Claims `count` words for draws that don't come in pairs, and returns where they start.
  mutating func claimWords(_ count: Int) -> UInt64 {
    let start = isPairOpen ? position + 1 : position
    isPairOpen = count > 0 ? false : isPairOpen
    position = count > 0 ? start + UInt64(count) : position
    return start
  }

  /// Claims `count` words for normal draws, and returns where they start.
  mutating func claimNormals(_ count: Int) -> UInt64 {
    let start = isPairOpen ? position : (position + 1) / 2 * 2
    guard count > 0 else { return start }
    position = start + UInt64(count)
    isPairOpen = position % 2 == 1
    return start
  }
}
