/// Reads the pickles that `PickleWriter` and Python write for lists of strings; nothing else is understood, so that no
/// pickle can make anything happen.
enum PickleReader {
  /// The strings of a pickled list, in order; nil when the pickle holds anything but strings.
  static func strings(_ pickle: [UInt8]) -> [ArraySlice<UInt8>]? {
    var strings: [ArraySlice<UInt8>] = []
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
      case 0x94, UInt8(ascii: "]"), UInt8(ascii: "("), UInt8(ascii: "e"), UInt8(ascii: "a"): break
      case UInt8(ascii: "q"): _ = take(1)
      case UInt8(ascii: "r"): _ = take(4)
      case 0x8C:
        guard let count = number(1), let text = take(count) else { return nil }
        strings.append(text)
      case UInt8(ascii: "X"):
        guard let count = number(4), let text = take(count) else { return nil }
        strings.append(text)
      case UInt8(ascii: "."): return strings
      default: return nil
      }
    }
    return nil
  }
}
