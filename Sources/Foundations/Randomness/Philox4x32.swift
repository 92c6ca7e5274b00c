/// The counter-based generator Philox4x32-10.
///
/// A bijection of 128-bit counters for each 64-bit key, whose outputs for successive counters pass
/// the BigCrush battery. There is no state to carry: the block at any counter is computed directly.
///
/// Reference: Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3",
/// SC 2011; the word order and the test vectors are those of its library, Random123.
public enum Philox4x32 {
  /// Returns the four random words that belong to a counter.
  ///
  /// - Parameters:
  ///   - counter: The block's counter, least significant word first.
  ///   - key: The sequence's key, least significant word first.
  /// - Returns: Four words, uniform over all 32-bit values.
  public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
    var counter = counter
    var key = key
    for _ in 0..<10 {
      let first = UInt64(counter.x) * 0xD251_1F53
      let second = UInt64(counter.z) * 0xCD9E_8D57
      counter = SIMD4(
        UInt32(truncatingIfNeeded: second >> 32) ^ counter.y ^ key.x,
        UInt32(truncatingIfNeeded: second),
        UInt32(truncatingIfNeeded: first >> 32) ^ counter.w ^ key.y,
        UInt32(truncatingIfNeeded: first))
      key &+= SIMD2(0x9E37_79B9, 0xBB67_AE85)
    }
    return counter
  }
}

extension SIMD2<UInt32> {
  /// The two halves of a 64-bit word, least significant first.
  init(halvesOf word: UInt64) {
    self.init(UInt32(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32))
  }

  /// The 64-bit word whose halves these are, least significant first.
  var joined: UInt64 { UInt64(x) | UInt64(y) << 32 }
}
