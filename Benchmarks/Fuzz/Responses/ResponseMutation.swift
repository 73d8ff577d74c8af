import LLMPerf

/// Damages recorded responses at random.
struct ResponseMutation {
  var random: SplitMix64

  /// Numbers at which arithmetic breaks, and those that are no numbers.
  private static let numbers = [
    "-1", "0", "-9223372036854775808", "9223372036854775807", "9223372036854775808", "4611686018427387904",
    "9007199254740993", "18446744073709551616", "1e308", "1e999", "-1e999", "1E-400", "0.5", "-0", "nan", "null",
    "\"7\"",
    "[]", "{}", "ffffffffffffffff", "7fffffffffffffff", "80000000",
  ].map { Array($0.utf8) }

  /// Bytes that mean something to one of the readers.
  private static let pieces =
    [
      "\r", "\n", "\r\n", "\n\n", "\r\n\r\n", "data: ", "data:", "event: error\n", ":", "id: 1\n", "[DONE]", "{", "}",
      "[",
      "]", "\"", "\\", "\\u", "\\ud83d", "\\ude00", "\\x", "\\u00A", "\u{0}", "\u{FEFF}", "\t", " ", ",", ": ",
      "0\r\n\r\n",
      "HTTP/1.1 100 Continue\r\n\r\n", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "finish_reason",
      "usage",
      "\"error\":", "null", "true", "今", "😀",
    ].map { Array($0.utf8) } + [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE4]]

  mutating func number(below limit: Int) -> Int { limit <= 0 ? 0 : Int.random(in: 0..<limit, using: &random) }

  /// A copy with a few places changed.
  mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<1 + number(below: 6) where !bytes.isEmpty { damage(&bytes) }
    return bytes
  }

  private mutating func damage(_ bytes: inout [UInt8]) {
    let place = number(below: bytes.count)
    let end = min(bytes.count, place + number(below: 64))
    switch number(below: 9) {
    case 0: bytes[place] = UInt8(number(below: 256))
    case 1: bytes.removeSubrange(place..<end)
    case 2: bytes.insert(contentsOf: bytes[place..<end], at: number(below: bytes.count))
    case 3: bytes.insert(contentsOf: Self.pieces[number(below: Self.pieces.count)], at: place)
    case 4: bytes.removeSubrange(place...)
    case 5: flood(&bytes, at: place)
    default: replaceNumber(&bytes, near: place)
    }
  }

  /// Puts one piece there a great many times.
  private mutating func flood(_ bytes: inout [UInt8], at place: Int) {
    let piece = Self.pieces[number(below: Self.pieces.count)]
    let count = 1 << number(below: 14)
    bytes.insert(contentsOf: repeatElement(piece, count: count).joined(), at: place)
  }

  /// Puts another number in the place of the first digits from `place` on.
  private mutating func replaceNumber(_ bytes: inout [UInt8], near place: Int) {
    let isDigit: (UInt8) -> Bool = { 0x30...0x39 ~= $0 }
    guard let start = bytes[place...].firstIndex(where: isDigit) else { return }
    let end = bytes[start...].firstIndex { !isDigit($0) } ?? bytes.count
    bytes.replaceSubrange(start..<end, with: Self.numbers[number(below: Self.numbers.count)])
  }
}
