/// Writes bytes as base64 (RFC 4648).
///
/// For headers and small bodies. What the database writes for every request has an encoder of its own, which is made for
/// speed.
package enum Base64Text {
  /// The characters for the values 62 and 63, and whether the end is padded.
  package enum Alphabet: Sendable {
    /// Section 4: `+` and `/`, with padding.
    case standard
    /// Section 5, for addresses and tokens: `-` and `_`, without padding.
    case url
  }

  private static let common = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

  /// The encoding of `bytes`.
  package static func encode(_ bytes: some Sequence<UInt8>, _ alphabet: Alphabet = .standard) -> String {
    let characters = common + (alphabet == .standard ? "+/" : "-_").utf8
    var output: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in bytes {
      bits = bits << 8 | UInt32(byte)
      count += 8
      while count >= 6 {
        count -= 6
        output.append(characters[Int(bits >> UInt32(count) & 63)])
      }
    }
    if count > 0 { output.append(characters[Int(bits << UInt32(6 - count) & 63)]) }
    if alphabet == .standard {
      while output.count % 4 != 0 { output.append(UInt8(ascii: "=")) }
    }
    return String(decoding: output, as: UTF8.self)
  }
}
