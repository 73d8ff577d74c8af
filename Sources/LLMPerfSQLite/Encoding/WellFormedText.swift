extension [UInt8] {
  /// The bytes with ill-formed UTF-8 replaced by U+FFFD: readers in Python refuse a whole query for one such text.
  var wellFormedText: [UInt8] {
    let isWellFormed = withUnsafeBufferPointer { $0.isASCII || String(validating: $0, as: UTF8.self) != nil }
    return isWellFormed ? self : Array(String(decoding: self, as: UTF8.self).utf8)
  }
}
