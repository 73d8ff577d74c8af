extension [UInt8] {
  /// A hash that is the same on every machine (FNV-1a, eight bytes at a time), to notice prompts that repeat.
  package var fingerprint: UInt64 { fingerprint(ofFirst: count) }

  /// How many bytes make a prefix worth noticing: some 250 tokens, of which a prefix cache saves a good part.
  package static var notedPrefix: Int { 1024 }

  /// The hash of the first `notedPrefix` bytes; 0 where there are no more than those.
  package var prefixFingerprint: UInt64 { count > Self.notedPrefix ? fingerprint(ofFirst: Self.notedPrefix) : 0 }

  private func fingerprint(ofFirst length: Int) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    withUnsafeBytes { bytes in
      var offset = 0
      while length - offset >= 8 {
        hash = (hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x0000_0100_0000_01B3
        hash ^= hash >> 29
        offset += 8
      }
      while offset < length {
        hash = (hash ^ UInt64(bytes[offset])) &* 0x0000_0100_0000_01B3
        offset += 1
      }
    }
    return hash ^ (hash >> 32)
  }
}
