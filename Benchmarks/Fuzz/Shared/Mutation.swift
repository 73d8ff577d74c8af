import LLMPerf

/// Makes inputs of seeds: bytes and parts of them changed, numbers replaced by those that break arithmetic, lines repeated
/// without measure. Equal seeds make equal inputs.
package struct Mutation {
  private var generator: SplitMix64
  private let seeds: [[UInt8]]
  private let words: [[UInt8]]

  /// Numbers as nobody means them.
  private static let numbers = [
    "0", "-0", "-1", "1", "255", "65536", "2147483648", "-2147483649", "4294967296", "9007199254740993",
    "9223372036854775807", "-9223372036854775808", "9223372036854775808", "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999", "-99999999999999999999999999", "7fffffffffffffff", "ffffffffffffffff", "1e308",
    "-1e308",
    "1e309", "1e-400", "nan", "-nan", "inf", "-inf", "0x10", "0x1p2000", "+1", "1.5", "1_000", "",
  ]

  /// A mutation of `seeds`, into which `words` are put besides numbers.
  package init(seed: UInt64, seeds: [String], words: [String]) {
    generator = SplitMix64(seed: seed)
    self.seeds = seeds.map { Array($0.utf8) }
    self.words = (words + Self.numbers).map { Array($0.utf8) }
  }

  /// A whole number from 0 on, below `bound`.
  package mutating func draw(below bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &generator) }

  /// The next input.
  package mutating func next() -> [UInt8] {
    var bytes = seeds.isEmpty ? [] : seeds[draw(below: seeds.count)]
    for _ in 0..<draw(below: 6) { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = draw(below: bytes.count + 1)
    let end = min(bytes.count, place + draw(below: draw(below: 4) == 0 ? 200 : 8))
    switch draw(below: 10) {
    case 0: if place < bytes.count { bytes[place] = UInt8(draw(below: 256)) }
    case 1: bytes.removeSubrange(place..<end)
    case 2: bytes.insert(contentsOf: bytes[place..<end], at: place)
    case 3: bytes.insert(contentsOf: words[draw(below: words.count)], at: place)
    case 4, 5: replaceNumber(&bytes)
    case 6: bytes.removeSubrange(place...)
    case 7: bytes.insert(contentsOf: (0..<draw(below: 9)).map { _ in UInt8(draw(below: 256)) }, at: place)
    case 8: repeatPart(&bytes, place..<end)
    default:
      let other = seeds[draw(below: seeds.count)]
      bytes = Array(bytes[..<place]) + other[draw(below: other.count + 1)...]
    }
  }

  private mutating func replaceNumber(_ bytes: inout [UInt8]) {
    let digits = bytes.indices.filter { 0x30...0x39 ~= bytes[$0] }
    guard !digits.isEmpty else { return }
    var start = digits[draw(below: digits.count)]
    var end = start
    while start > 0, 0x30...0x39 ~= bytes[start - 1] { start -= 1 }
    while end < bytes.count, 0x30...0x39 ~= bytes[end] { end += 1 }
    bytes.replaceSubrange(start..<end, with: Array(Self.numbers[draw(below: Self.numbers.count)].utf8))
  }

  private mutating func repeatPart(_ bytes: inout [UInt8], _ range: Range<Int>) {
    let part = Array(bytes[range])
    let times = draw(below: draw(below: 8) == 0 ? 2000 : 10)
    guard bytes.count + part.count * times < 1 << 18 else { return }
    for _ in 0..<times { bytes.insert(contentsOf: part, at: range.lowerBound) }
  }
}
