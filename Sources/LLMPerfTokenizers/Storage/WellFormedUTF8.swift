/// Checks bytes that come from outside, and repairs them where they are not UTF-8.
enum WellFormedUTF8 {
  /// The position of the first byte that is not part of a well-formed scalar; the count if there is none.
  static func firstFault(in text: UTF8Bytes, from start: Int = 0) -> Int {
    guard let bytes = text.baseAddress else { return 0 }
    let end = text.count
    var position = start
    while position < end {
      let byte = bytes[position]
      if byte < 0x80 {
        position = text.asciiPrefixLength(from: position)
        continue
      }
      let length = validLength(bytes, position, end)
      if length <= 0 { return position }
      position += length
    }
    return end
  }

  /// Copies `text`, with U+FFFD in place of each maximal ill-formed part.
  static func repair(_ text: UTF8Bytes, into repaired: inout GrowableBuffer<UInt8>) {
    guard let bytes = text.baseAddress else { return }
    var position = 0
    while position < text.count {
      let fault = firstFault(in: text, from: position)
      repaired.append(contentsOf: text.slice(position, fault))
      position = fault
      if position < text.count {
        repaired.append(scalar: 0xFFFD)
        position += max(1, -validLength(bytes, position, text.count))
      }
    }
  }

  /// The length of the scalar at `position`; if it is ill-formed, minus the length of its longest valid beginning.
  @inline(__always)
  private static func validLength(_ bytes: UnsafePointer<UInt8>, _ position: Int, _ end: Int) -> Int {
    let first = bytes[position]
    if first < 0x80 { return 1 }
    var lower: UInt8 = 0x80
    var upper: UInt8 = 0xBF
    let length: Int
    switch first {
    case 0xC2...0xDF: length = 2
    case 0xE0: (length, lower) = (3, 0xA0)
    case 0xED: (length, upper) = (3, 0x9F)
    case 0xE1...0xEF: length = 3
    case 0xF0: (length, lower) = (4, 0x90)
    case 0xF4: (length, upper) = (4, 0x8F)
    case 0xF1...0xF3: length = 4
    default: return 0
    }
    guard position + 1 < end, bytes[position + 1] >= lower, bytes[position + 1] <= upper else { return -1 }
    var offset = 2
    while offset < length {
      guard position + offset < end, bytes[position + offset] & 0xC0 == 0x80 else { return -offset }
      offset += 1
    }
    return length
  }
}
