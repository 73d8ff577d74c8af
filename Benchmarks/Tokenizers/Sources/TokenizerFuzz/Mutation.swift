/// Changes bytes at random.
struct Mutation {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func number(below limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return limit <= 0 ? 0 : Int((mixed ^ mixed >> 31) % UInt64(limit))
  }

  private static let parts: [[UInt8]] = [
    " ", "\n", "\r\n", "a", "aaaa", "'s", "'\u{17F}", "\u{301}", "\u{323}\u{301}", "今天", "한",
    "\u{1112}\u{1161}\u{11AB}", "🙂", "👩‍💻", "\u{200D}",
    "▁", "Ġ", "<s>", "</s>", "<|im_end|>", "<|endoftext|>", "[MASK]", "123456", "====", "\t", "\u{3000}", "ﬁ", "\u{0}",
    "\u{10FFFF}", "<0xE4>", "İ", "नि्म", "🇩🇪",
  ].map { Array($0.utf8) }

  /// A text of characters that matter, bytes that mean nothing, and repetitions.
  mutating func text() -> [UInt8] {
    var text: [UInt8] = []
    for _ in 0..<number(below: 60) {
      switch number(below: 8) {
      case 0: text.append(UInt8(number(below: 256)))
      case 1:
        let part = Self.parts[number(below: Self.parts.count)]
        for _ in 0..<number(below: 40) { text += part }
      default: text += Self.parts[number(below: Self.parts.count)]
      }
    }
    return text
  }

  /// A copy with a few bytes changed, removed, repeated or moved.
  mutating func changed(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for _ in 0...number(below: 6) where !bytes.isEmpty {
      let start = number(below: bytes.count)
      let end = min(bytes.count, start + number(below: 24))
      switch number(below: 5) {
      case 0: bytes[start] = UInt8(number(below: 256))
      case 1: bytes.removeSubrange(start..<end)
      case 2: bytes.insert(contentsOf: bytes[start..<end], at: number(below: bytes.count))
      case 3: bytes.insert(contentsOf: Self.parts[number(below: Self.parts.count)], at: start)
      default: bytes.removeSubrange(bytes.count - min(bytes.count, number(below: 40))..<bytes.count)
      }
    }
    return bytes
  }
}
