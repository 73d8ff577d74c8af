/// Base64 (RFC 4648, with padding) for the columns that the original tool wrote so.
enum Base64 {
  /// The two characters of each 12-bit group, as they lie in memory: half the look-ups of a table of 64.
  private static let pairs: [UInt16] = {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    return (0..<4096).map { UInt16(littleEndian: UInt16(alphabet[$0 & 63]) << 8 | UInt16(alphabet[$0 >> 6])) }
  }()

  /// The length of the encoding of `count` bytes.
  static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

  /// Replaces `output` by the encoding of `bytes`.
  static func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
    let groups = bytes.count / 3
    let rest = bytes.count % 3
    let length = length(of: bytes.count)
    // What is there already is overwritten below; only what is missing has to be made.
    output.removeLast(max(0, output.count - length))
    output.append(contentsOf: repeatElement(0, count: length - output.count))
    pairs.withUnsafeBufferPointer { pairs in
      bytes.withUnsafeBufferPointer { input in
        output.withUnsafeMutableBytes { output in
          let bytes = UnsafeRawBufferPointer(input)
          // Two groups at a time, as long as the eight bytes that are loaded for their six lie inside.
          var group = 0
          while 3 * group + 8 <= bytes.count {
            let word = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 3 * group, as: UInt64.self))
            let first = UInt64(pairs[Int(word >> 52)]) | UInt64(pairs[Int(word >> 40 & 0xFFF)]) << 16
            let second = UInt64(pairs[Int(word >> 28 & 0xFFF)]) | UInt64(pairs[Int(word >> 16 & 0xFFF)]) << 16
            output.storeBytes(of: (second << 32 | first).littleEndian, toByteOffset: 4 * group, as: UInt64.self)
            group += 2
          }
          for group in group..<groups {
            let word =
              UInt32(input[3 * group]) << 16 | UInt32(input[3 * group + 1]) << 8 | UInt32(input[3 * group + 2])
            let high = UInt32(pairs[Int(word >> 12)])
            let low = UInt32(pairs[Int(word & 0xFFF)])
            output.storeBytes(of: (low << 16 | high).littleEndian, toByteOffset: 4 * group, as: UInt32.self)
          }
          guard rest > 0 else { return }
          let first = UInt32(input[3 * groups])
          let second = rest == 2 ? UInt32(input[3 * groups + 1]) : 0
          let word = first << 16 | second << 8
          output.storeBytes(of: pairs[Int(word >> 12)].littleEndian, toByteOffset: 4 * groups, as: UInt16.self)
          let third = UInt8(truncatingIfNeeded: pairs[Int(word & 0xFFF)].littleEndian)
          output[4 * groups + 2] = rest == 2 ? third : UInt8(ascii: "=")
          output[4 * groups + 3] = UInt8(ascii: "=")
        }
      }
    }
  }

  /// The bytes that `text` encodes; nil when it is not base64.
  static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
    var output: [UInt8] = []
    var word: UInt32 = 0
    var count = 0
    var padding = 0
    for character in text {
      if character == UInt8(ascii: "=") {
        padding += 1
        continue
      }
      guard padding == 0, let value = value(of: character) else { return nil }
      word = word << 6 | UInt32(value)
      count += 1
      if count == 4 {
        output.append(contentsOf: [UInt8(word >> 16 & 255), UInt8(word >> 8 & 255), UInt8(word & 255)])
        (word, count) = (0, 0)
      }
    }
    switch (count, padding) {
    case (0, 0): break
    case (2, 2): output.append(UInt8(word >> 4 & 255))
    case (3, 1): output.append(contentsOf: [UInt8(word >> 10 & 255), UInt8(word >> 2 & 255)])
    default: return nil
    }
    return output
  }

  private static func value(of character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): character - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): character - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
