import Glibc

/// Turns the bytes of a text into UTF-8 as they come, however they are cut. A byte-order mark is dropped; bytes that are
/// none of the encoding's characters, and NUL, are errors: replaced in silence, they would be sent and measured.
final class TextDecoder {
  private let encoding: TextEncoding
  private let name: String
  /// Whether `--encoding` can name another encoding.
  private let canBeNamed: Bool
  /// Bytes that wait for those that come after them.
  private var pending: [UInt8] = []
  /// The offset of the first pending byte in the text.
  private var offset = 0
  private var line = 1
  private var hasBegun = false
  /// Which end comes first in UTF-16.
  private var isBigEndian = false
  private var converter: iconv_t?

  /// A decoder of the text called `name` in messages. Without an encoding it is UTF-8, and no option can change that.
  ///
  /// - Throws: `UsageError` when this machine cannot read the encoding.
  init(_ encoding: TextEncoding?, name: String) throws {
    canBeNamed = encoding != nil
    let encoding = encoding ?? .utf8
    self.encoding = encoding
    self.name = name
    isBigEndian = encoding == .utf16BigEndian
    guard encoding == .gbk || encoding == .gb18030 else { return }
    converter = iconv_open("UTF-8", encoding.rawValue.uppercased())
    guard converter != iconv_t(bitPattern: -1) else {
      converter = nil
      throw UsageError("--encoding \(encoding.rawValue): the C library of this machine has no table for it")
    }
  }

  deinit {
    if let converter { iconv_close(converter) }
  }

  /// Appends what `bytes` stand for to `output`, as far as they are whole characters.
  ///
  /// - Throws: `UsageError` that names the text, the byte and what to do.
  func decode(_ bytes: some Collection<UInt8>, into output: inout [UInt8]) throws {
    pending += bytes
    if !hasBegun {
      guard pending.count >= FileSignature.length else { return }
      try begin()
    }
    try decodePending(into: &output)
  }

  /// Nothing comes after what was decoded; appends what waited for it.
  ///
  /// - Throws: as `decode`.
  func finish(into output: inout [UInt8]) throws {
    if !hasBegun {
      try begin()
      try decodePending(into: &output)
    }
    if !pending.isEmpty { throw illFormed(at: 0) }
  }

  /// Looks at the first bytes.
  private func begin() throws {
    hasBegun = true
    switch FileSignature(pending) {
    case .other(let what, let advice): throw UsageError("\(name) is \(what): \(advice)")
    case .mark(let marked, let length) where accepts(marked):
      if marked == .utf16BigEndian { isBigEndian = true }
      pending.removeFirst(length)
      offset = length
    case .mark(.gb18030, _): break
    case .mark(let marked, _):
      let advice = canBeNamed ? "give --encoding \(marked.rawValue)" : "save it as UTF-8"
      throw UsageError("\(name) begins with the byte-order mark of \(marked.rawValue); \(advice)")
    case nil: break
    }
  }

  private func accepts(_ mark: TextEncoding) -> Bool {
    switch encoding {
    case .utf16: mark == .utf16LittleEndian || mark == .utf16BigEndian
    default: mark == encoding
    }
  }

  private func decodePending(into output: inout [UInt8]) throws {
    let start = output.count
    let fault: Int?
    switch encoding {
    case .utf8: fault = decodeUTF8(into: &output)
    case .utf16, .utf16LittleEndian, .utf16BigEndian: fault = decodeUTF16(into: &output)
    case .latin1:
      for byte in pending { append(UInt32(byte), to: &output) }
      drop(pending.count)
      fault = nil
    case .gbk, .gb18030: fault = convert(into: &output)
    }
    let new = output[start...]
    if let null = new.firstIndex(of: 0) {
      let advice = encoding == .utf8 && canBeNamed ? "; if it is UTF-16, give --encoding utf-16" : ""
      throw UsageError(
        "\(name) has the character NUL in line \(line + lineFeeds(new[..<null])), which no text has\(advice)")
    }
    line += lineFeeds(new)
    if let fault { throw illFormed(at: fault) }
  }

  private func lineFeeds(_ text: ArraySlice<UInt8>) -> Int {
    text.reduce(0) { $1 == 0x0A ? $0 + 1 : $0 }
  }

  /// Each of these gives the place of the pending byte that is part of no character; nil where there is none.
  private func decodeUTF8(into output: inout [UInt8]) -> Int? {
    let (length, rest) = pending.withUnsafeBufferPointer { UTF8Text.check($0) }
    output += pending[..<length]
    if case .illFormed = rest { return length }
    drop(length)
    return nil
  }

  private func decodeUTF16(into output: inout [UInt8]) -> Int? {
    var place = 0
    while let first = unit(place) {
      guard 0xD800..<0xE000 ~= first else {
        append(UInt32(first), to: &output)
        place += 2
        continue
      }
      guard first < 0xDC00 else { return place }
      guard let second = unit(place + 2) else { break }
      guard 0xDC00..<0xE000 ~= second else { return place }
      append(0x10000 + (UInt32(first) - 0xD800) << 10 + UInt32(second) - 0xDC00, to: &output)
      place += 4
    }
    drop(place)
    return nil
  }

  private func unit(_ place: Int) -> UInt16? {
    guard place + 1 < pending.count else { return nil }
    let (first, second) = (UInt16(pending[place]), UInt16(pending[place + 1]))
    return isBigEndian ? first << 8 | second : second << 8 | first
  }

  private func convert(into output: inout [UInt8]) -> Int? {
    var read = 0
    var failure: Int32 = 0
    repeat {
      // A character of two bytes has three in UTF-8, and one of four has four.
      let room = 2 * (pending.count - read) + 16
      let start = read
      let converted = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        pending.withUnsafeMutableBytes { bytes in
          var from = bytes.baseAddress?.advanced(by: start).assumingMemoryBound(to: CChar.self)
          var to = UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self)
          var (left, space) = (bytes.count - start, room)
          failure = iconv(converter, &from, &left, &to, &space) == -1 ? errno : 0
          read = bytes.count - left
          count = room - space
        }
      }
      output += converted
    } while failure == E2BIG
    if failure == EILSEQ { return read }
    drop(read)
    return nil
  }

  private func drop(_ count: Int) {
    pending.removeFirst(count)
    offset += count
  }

  private func append(_ codePoint: UInt32, to output: inout [UInt8]) {
    guard codePoint >= 0x80 else { return output.append(UInt8(truncatingIfNeeded: codePoint)) }
    output += String(Unicode.Scalar(codePoint) ?? "\u{FFFD}").utf8
  }

  private func illFormed(at place: Int) -> UsageError {
    let byte = String(pending[place], radix: 16, uppercase: true)
    let others = TextEncoding.allCases.filter { $0 != encoding }.map(\.rawValue).joined(separator: ", ")
    let advice = canBeNamed ? ", or name its encoding by --encoding (\(others))" : ""
    return UsageError(
      "\(name) is not \(encoding.rawValue): byte 0x\(byte.count < 2 ? "0" : "")\(byte) at offset \(offset + place), in "
        + "line \(line), is part of no character; save the file as UTF-8\(advice)")
  }
}
