extension ArraySlice<UInt8> {
  /// Without spaces, tabs and CR at either end.
  var trimmed: ArraySlice<UInt8> {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    let rest = drop(while: isBlank)
    guard let last = rest.lastIndex(where: { !isBlank($0) }) else { return [] }
    return rest[...last]
  }

  /// Whether these are the bytes of `text`, which is in lower case, in any case.
  func equalsIgnoringCase(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return text.withUTF8Buffer { text in
      zip(self, text).allSatisfy { byte, wanted in
        byte == wanted || (0x41...0x5A ~= byte && byte | 0x20 == wanted)
      }
    }
  }
}
