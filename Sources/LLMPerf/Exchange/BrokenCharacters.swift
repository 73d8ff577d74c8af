extension [UInt8] {
  /// Whether these bytes are no UTF-8, or hold U+FFFD, which stands for what was none.
  ///
  /// A character that a service cut between two events is whole again when their bytes are put together.
  var hasBrokenCharacter: Bool {
    withUnsafeBufferPointer { bytes in
      guard bytes.contains(where: { $0 >= 0x80 }) else { return false }
      return bytes.holdsReplacement || String(validating: bytes, as: UTF8.self) == nil
    }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether U+FFFD stands somewhere in these bytes.
  fileprivate var holdsReplacement: Bool {
    var place = startIndex
    while place + 2 < endIndex {
      if self[place] == 0xEF, self[place + 1] == 0xBF, self[place + 2] == 0xBD { return true }
      place += 1
    }
    return false
  }
}
