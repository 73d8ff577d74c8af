/// Base64 (RFC 4648).
package enum Base64 {
  /// The characters for the values 62 and 63, and whether the end is padded.
  package enum Alphabet: Sendable {
    /// Section 4: `+` and `/`, with padding.
    case standard
    /// Section 5, for addresses and tokens: `-` and `_`, without padding.
    case url
  }

  /// What a reader makes of padding.
  package enum Padding: Sendable {
    /// It must fill up the last four characters.
    case required
    /// It may be missing.
    case optional
  }

  private static let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The two characters of each 12-bit group, as they lie in memory: half the look-ups of a table of 64.
  private static let pairs = (0..<4096).map {
    UInt16(littleEndian: UInt16(characters[$0 & 63]) << 8 | UInt16(characters[$0 >> 6]))
  }

  private static let invalid: UInt8 = 0xFF

  /// The value of each character.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: invalid, count: 256)
    for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()

  /// The length of the encoding of `count` bytes.
  package static func length(of count: Int) -> Int { (count + 2) / 3 * 4 }

  /// The encoding of `bytes`.
  package static func encode(_ bytes: some Sequence<UInt8>, _ alphabet: Alphabet = .standard) -> String {
    var output: [UInt8] = []
    encode(Array(bytes), into: &output)
    if alphabet == .url {
      while output.last == UInt8(ascii: "=") { output.removeLast() }
      for place in output.indices {
        if output[place] == UInt8(ascii: "+") { output[place] = UInt8(ascii: "-") }
        if output[place] == UInt8(ascii: "/") { output[place] = UInt8(ascii: "_") }
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// The encoding of `bytes`, with padding, in an array of its own. Every row of a database comes through here.
  package static func encoded(_ bytes: [UInt8]) -> [UInt8] {
    let length = length(of: bytes.count)
    return [UInt8](unsafeUninitializedCapacity: length) { output, filled in
      encode(bytes, to: UnsafeMutableRawBufferPointer(output))
      filled = length
    }
  }

  /// Replaces `output` by the encoding of `bytes`, with padding.
  package static func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
    let length = length(of: bytes.count)
    // What is there already is overwritten below; only what is missing has to be made.
    output.removeLast(max(0, output.count - length))
    output.append(contentsOf: repeatElement(0, count: length - output.count))
    output.withUnsafeMutableBytes { encode(bytes, to: $0) }
  }

  /// Writes the encoding of `bytes` to `output`, which is as long as that.
  private static func encode(_ bytes: [UInt8], to output: UnsafeMutableRawBufferPointer) {
    let groups = bytes.count / 3
    let rest = bytes.count % 3
    pairs.withUnsafeBufferPointer { pairs in
      bytes.withUnsafeBufferPointer { input in
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
          let word = UInt32(input[3 * group]) << 16 | UInt32(input[3 * group + 1]) << 8 | UInt32(input[3 * group + 2])
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

  /// The bytes that `text` encodes in the standard alphabet; nil when it is not base64.
  package static func decode(_ text: [UInt8], padding: Padding = .required) -> [UInt8]? {
    text.withUnsafeBufferPointer { decode($0, padding: padding) }
  }

  /// The bytes that `text` encodes in the standard alphabet; nil when it is not base64.
  package static func decode(_ text: UnsafeBufferPointer<UInt8>, padding: Padding = .required) -> [UInt8]? {
    var output: [UInt8] = []
    return decode(text, into: &output, padding: padding) ? output : nil
  }

  /// Replaces `output` by the bytes that `text` encodes in the standard alphabet.
  ///
  /// - Returns: whether `text` was base64; if not, what `output` holds is of no use.
  package static func decode(
    _ text: UnsafeBufferPointer<UInt8>, into output: inout [UInt8], padding: Padding = .required
  ) -> Bool {
    var count = text.count
    while count > 0, text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    let rest = count % 4
    guard rest != 1, padding == .optional || text.count - count == (4 - rest) % 4 else { return false }
    let length = count / 4 * 3 + max(0, rest - 1)
    output.removeLast(max(0, output.count - length))
    output.append(contentsOf: repeatElement(0, count: length - output.count))
    return values.withUnsafeBufferPointer { values in
      output.withUnsafeMutableBufferPointer { output in
        // A character that is none has all bits of its value set, the two highest among them.
        var all: UInt8 = 0
        func bits(_ offset: Int) -> UInt32 {
          let value = values[Int(text[offset])]
          all |= value
          return UInt32(value & 63)
        }
        for group in 0..<count / 4 {
          let from = 4 * group
          let word = bits(from) << 18 | bits(from + 1) << 12 | bits(from + 2) << 6 | bits(from + 3)
          output[3 * group] = UInt8(word >> 16)
          output[3 * group + 1] = UInt8(word >> 8 & 0xFF)
          output[3 * group + 2] = UInt8(word & 0xFF)
        }
        if rest > 0 {
          let (from, to) = (count - rest, length - rest + 1)
          let word = bits(from) << 10 | bits(from + 1) << 4 | (rest == 3 ? bits(from + 2) >> 2 : 0)
          output[to] = UInt8(word >> 8)
          if rest == 3 { output[to + 1] = UInt8(word & 0xFF) }
        }
        return all < 64
      }
    }
  }
}
