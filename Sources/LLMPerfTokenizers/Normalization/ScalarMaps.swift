/// Lower case, character by character, by the reference's table; no rule looks at neighbours.
enum Lowercasing {
  static func apply(_ text: UTF8Bytes, tables: UnicodeTables, into output: inout GrowableBuffer<UInt8>) {
    guard let bytes = text.baseAddress else { return }
    output.reserve(text.count + 8)
    var position = 0
    while position < text.count {
      let byte = bytes[position]
      if byte < 0x80 {
        let isUpper = byte &- UInt8(ascii: "A") < 26
        output.append(isUpper ? byte | 0x20 : byte)
        position += 1
        continue
      }
      let (scalar, length) = bytes.scalar(at: position)
      if tables.properties(of: scalar).meets(NormalizationProperties.changesInLowercase.rawValue),
        let lower = tables.lowercase[scalar]
      {
        for part in lower { output.append(scalar: part) }
      } else {
        output.append(contentsOf: text.slice(position, position + length))
      }
      position += length
    }
  }
}

/// White space taken off the ends.
enum Stripping {
  static func apply(_ text: UTF8Bytes, left: Bool, right: Bool, tables: UnicodeTables) -> Range<Int> {
    guard let bytes = text.baseAddress else { return 0..<0 }
    var start = 0
    var end = text.count
    while left, start < end {
      let (scalar, length) = bytes.scalar(at: start)
      guard tables.classes(of: scalar).meets(.whiteSpace) else { break }
      start += length
    }
    while right, end > start {
      let last = bytes.scalarStart(before: end)
      guard tables.classes(of: bytes.scalar(at: last).value).meets(.whiteSpace) else { break }
      end = last
    }
    return start..<end
  }
}

/// Drops some scalars and turns others into spaces.
struct ScalarMap {
  let removed: ScalarClasses
  let toSpace: ScalarClasses

  func apply(
    _ text: UTF8Bytes, tables: UnicodeTables, into output: inout GrowableBuffer<UInt8>
  ) -> Bool {
    guard let bytes = text.baseAddress else { return false }
    let affected = removed.union(toSpace)
    var copied = 0
    var position = 0
    while position < text.count {
      let (scalar, length) = bytes.scalar(at: position)
      let classes = tables.classes(of: scalar)
      if classes.meets(affected) {
        output.append(contentsOf: text.slice(copied, position))
        // A space that stands for itself counts as unchanged only if nothing else changes.
        if !classes.meets(removed) { output.append(0x20) }
        copied = position + length
      }
      position += length
    }
    if copied == 0 { return false }
    output.append(contentsOf: text.slice(copied, text.count))
    return true
  }

  static func padChinese(_ text: UTF8Bytes, tables: UnicodeTables, into output: inout GrowableBuffer<UInt8>) -> Bool {
    guard let bytes = text.baseAddress else { return false }
    var position = text.asciiPrefixLength()
    if position == text.count { return false }
    output.append(contentsOf: text.slice(0, position))
    var changed = false
    while position < text.count {
      let byte = bytes[position]
      if byte < 0x80 {
        output.append(byte)
        position += 1
        continue
      }
      let (scalar, length) = bytes.scalar(at: position)
      let pads = byte >= 0xE3 && tables.classes(of: scalar).meets(.chinese)
      output.reserve(6)
      if pads { output.unsafeAppend(0x20) }
      for offset in 0..<length { output.unsafeAppend(bytes[position + offset]) }
      if pads { output.unsafeAppend(0x20) }
      changed = changed || pads
      position += length
    }
    return changed
  }
}

/// Every occurrence of something replaced by literal bytes.
enum Replacement {
  static func apply(
    _ text: UTF8Bytes, _ pattern: [UInt8], _ replacement: [UInt8], into output: inout GrowableBuffer<UInt8>
  ) -> Bool {
    guard let first = pattern.first else { return false }
    var copied = 0
    var position = 0
    var changed = false
    while position + pattern.count <= text.count {
      if text[position] == first, pattern.count == 1 || text.slice(position, text.count).hasPrefix(pattern) {
        output.append(contentsOf: text.slice(copied, position))
        output.append(bytes: replacement)
        position += pattern.count
        copied = position
        changed = true
      } else {
        position += 1
      }
    }
    if changed { output.append(contentsOf: text.slice(copied, text.count)) }
    return changed
  }

  static func apply(
    _ text: UTF8Bytes, matches: UnsafeBufferPointer<SplitPiece>, _ replacement: [UInt8],
    into output: inout GrowableBuffer<UInt8>
  ) -> Bool {
    var copied = 0
    for match in matches {
      output.append(contentsOf: text.slice(copied, Int(match.start)))
      output.append(bytes: replacement)
      copied = Int(match.end)
    }
    output.append(contentsOf: text.slice(copied, text.count))
    return !matches.isEmpty
  }

  /// How many bytes at the beginning of the result come from the first `end` bytes of `text`.
  static func originEnd(
    _ end: Int, in text: UTF8Bytes, matches: UnsafeBufferPointer<SplitPiece>, _ replacement: [UInt8]
  ) -> Int {
    guard let bytes = text.baseAddress else { return 0 }
    var count = 0
    var copied = 0
    for match in matches where Int(match.start) < end || match.count == 0 && Int(match.start) == end {
      count += Int(match.start) - copied
      copied = Int(match.end)
      let last = match.count == 0 ? 0 : bytes.scalarStart(before: copied)
      // What follows comes from later characters.
      if last >= end { return count }
      count += replacement.count
    }
    return count + max(0, end - copied)
  }
}

/// The printable characters that stand for bytes in the files of byte-level models.
final class ByteStandIns: Sendable {
  static let shared = ByteStandIns()

  /// The stand-in of each byte; all are below U+0144.
  let scalars: [UInt16]
  /// The byte that each scalar below U+0144 stands for, or 0xFFFF.
  let bytes: [UInt16]

  private init() {
    var scalars = [UInt16](repeating: 0, count: 256)
    var bytes = [UInt16](repeating: 0xFFFF, count: 0x144)
    var next: UInt16 = 0x100
    for byte in UInt16(0)..<256 {
      switch byte {
      case 33...126, 161...172, 174...255: scalars[Int(byte)] = byte
      default:
        scalars[Int(byte)] = next
        next += 1
      }
      bytes[Int(scalars[Int(byte)])] = byte
    }
    self.scalars = scalars
    self.bytes = bytes
  }

  func append(_ text: UTF8Bytes, to output: inout GrowableBuffer<UInt8>) {
    for byte in text { output.append(scalar: UInt32(scalars[unchecked: Int(byte)])) }
  }

  /// Appends the bytes that a text of stand-ins means.
  ///
  /// - Returns: whether every character was a stand-in; if not, `output` is as before.
  func appendMeaning(of text: UTF8Bytes, to output: inout GrowableBuffer<UInt8>) -> Bool {
    guard let pointer = text.baseAddress else { return true }
    let before = output.count
    output.reserve(text.count)
    var position = 0
    while position < text.count {
      let first = pointer[position]
      // Two bytes are enough for every stand-in.
      guard first < 0x80 || position + 1 < text.count else { break }
      guard first < 0xE0 else { break }
      let (scalar, length) = pointer.scalar(at: position)
      guard scalar < 0x144, bytes[unchecked: Int(scalar)] != 0xFFFF else { break }
      output.unsafeAppend(UInt8(truncatingIfNeeded: bytes[unchecked: Int(scalar)]))
      position += length
    }
    if position == text.count { return true }
    output.truncate(to: before)
    return false
  }
}
