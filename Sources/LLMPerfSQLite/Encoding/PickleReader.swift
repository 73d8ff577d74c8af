/// Reads the pickles that `PickleWriter` and Python write for lists of strings; nothing else is understood, so that no
/// pickle can make anything happen.
enum PickleReader {
  /// The strings of a pickled list, in order; nil when the pickle holds anything but strings.
  static func strings(_ pickle: [UInt8]) -> [ArraySlice<UInt8>]? {
    var strings: [ArraySlice<UInt8>] = []
    // Python writes a string that comes again as a reference to its first place.
    var memo: [Int: ArraySlice<UInt8>] = [:]
    var memoized = 0
    var latest: ArraySlice<UInt8>?
    var offset = 0
    func take(_ count: Int) -> ArraySlice<UInt8>? {
      guard count >= 0, pickle.count - offset >= count else { return nil }
      defer { offset += count }
      return pickle[offset..<offset + count]
    }
    func number(_ count: Int) -> Int? {
      take(count)?.reversed().reduce(0) { $0 << 8 | Int($1) }
    }
    while let opcode = take(1)?.first {
      switch opcode {
      case 0x80: _ = take(1)
      case 0x95: _ = take(8)  // a frame's length
      case UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: "e"), UInt8(ascii: "a"): latest = nil
      case 0x94, UInt8(ascii: "q"), UInt8(ascii: "r"):
        let place = opcode == 0x94 ? memoized : number(opcode == UInt8(ascii: "q") ? 1 : 4)
        guard let place else { return nil }
        memo[place] = latest
        memoized += 1
      case UInt8(ascii: "h"), UInt8(ascii: "j"):
        guard let place = number(opcode == UInt8(ascii: "h") ? 1 : 4), let text = memo[place] else { return nil }
        strings.append(text)
      case 0x8C:
        guard let count = number(1), let text = take(count) else { return nil }
        latest = text
        strings.append(text)
      case UInt8(ascii: "X"):
        guard let count = number(4), let text = take(count) else { return nil }
        latest = text
        strings.append(text)
      case 0x8D:
        guard let count = number(8), let text = take(count) else { return nil }
        latest = text
        strings.append(text)
      case UInt8(ascii: "."): return strings
      default: return nil
      }
    }
    return nil
  }
}
