/// CRC-32 as in zlib and Ethernet (reflected polynomial 0xEDB88320).
enum CRC32 {
  private static let table: [UInt32] = (0..<256).map { start in
    (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xEDB8_8320 : value >> 1 }
  }

  /// The checksum of `first` followed by `bytes`.
  static func checksum(_ first: UInt8, _ bytes: some Collection<UInt8>) -> UInt32 {
    table.withUnsafeBufferPointer { table in
      var value = UInt32.max
      func take(_ byte: UInt8) { value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ byte)] }
      take(first)
      for byte in bytes { take(byte) }
      return ~value
    }
  }
}
