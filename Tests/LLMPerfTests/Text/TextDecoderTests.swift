import Testing

@testable import LLMPerf

struct TextDecoderTests {
  private static let text = "Où ?\r\n你好,世界\n"

  /// The same text as Python's codecs write it.
  private static let encoded: [(TextEncoding, [UInt8])] = [
    (.utf8, Array(text.utf8)), (.utf8, [0xEF, 0xBB, 0xBF] + Array(text.utf8)),
    (.utf16LittleEndian, units(text, bigEndian: false)), (.utf16BigEndian, units(text, bigEndian: true)),
    (.utf16, [0xFF, 0xFE] + units(text, bigEndian: false)), (.utf16, [0xFE, 0xFF] + units(text, bigEndian: true)),
    (.utf16, units(text, bigEndian: false)), (.utf16LittleEndian, [0xFF, 0xFE] + units(text, bigEndian: false)),
    (
      .gbk,
      [0x4F, 0xA8, 0xB4, 0x20, 0x3F, 0x0D, 0x0A, 0xC4, 0xE3, 0xBA, 0xC3, 0x2C, 0xCA, 0xC0, 0xBD, 0xE7, 0x0A]
    ),
    (
      .gb18030,
      [0x4F, 0xA8, 0xB4, 0x20, 0x3F, 0x0D, 0x0A, 0xC4, 0xE3, 0xBA, 0xC3, 0x2C, 0xCA, 0xC0, 0xBD, 0xE7, 0x0A]
    ),
  ]

  private static func units(_ text: String, bigEndian: Bool) -> [UInt8] {
    text.utf16.flatMap { unit in
      bigEndian ? [UInt8(unit >> 8), UInt8(unit & 0xFF)] : [UInt8(unit & 0xFF), UInt8(unit >> 8)]
    }
  }

  /// What the decoder makes of bytes that come in pieces.
  private static func decode(_ bytes: [UInt8], _ encoding: TextEncoding?, pieces size: Int = .max) throws -> String {
    let decoder = try TextDecoder(encoding, name: "--dataset-path p.txt")
    var output: [UInt8] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      try decoder.decode(rest.prefix(size), into: &output)
      rest = rest.dropFirst(min(size, rest.count))
    }
    try decoder.finish(into: &output)
    return try #require(String(validating: output, as: UTF8.self))
  }

  @Test(arguments: 1...20)
  func `reads every encoding however the bytes are cut`(size: Int) throws {
    for (encoding, bytes) in Self.encoded {
      #expect(try Self.decode(bytes, encoding, pieces: size) == Self.text, "\(encoding)")
    }
    #expect(try Self.decode([0x4F, 0xF9, 0x20, 0xA3], .latin1, pieces: size) == "Où £")
    #expect(try Self.decode(Self.units("a😀b", bigEndian: true), .utf16BigEndian, pieces: size) == "a😀b")
    // A character of four bytes in GB 18030: U+1F600.
    #expect(try Self.decode([0x61, 0x94, 0x39, 0xFC, 0x36], .gb18030, pieces: size) == "a😀")
  }

  @Test
  func `a text may be empty, or shorter than any signature`() throws {
    for encoding in TextEncoding.allCases { #expect(try Self.decode([], encoding) == "") }
    #expect(try Self.decode([0x61], .utf8) == "a")
    #expect(try Self.decode([0xEF, 0xBB, 0xBF], .utf8) == "")
  }

  private static let faults: [(TextEncoding, [UInt8], String)] = [
    (.utf8, Array("a\nb".utf8) + [0xC4, 0xE3], "is not utf-8: byte 0xC4 at offset 3, in line 2,"),
    (.utf8, Array("a\n\n".utf8) + [0xC3], "byte 0xC3 at offset 3, in line 3,"),
    (.utf8, Array(repeating: 0x61, count: 40) + [0x80, 0x0A], "byte 0x80 at offset 40, in line 1,"),
    (.utf8, [0xED, 0xA0, 0x80], "0xED at offset 0"), (.utf8, [0xC0, 0xAF], "0xC0"),
    (.utf8, [0xF5, 0x80, 0x80, 0x80], "0xF5"),
    (.utf8, [0xE0, 0x9F, 0xBF], "0xE0"), (.utf8, [0xF4, 0x90, 0x80, 0x80], "0xF4"),
    (.utf8, [0xF0, 0x8F, 0x80, 0x80], "0xF0"),
    (.utf8, [0xFF, 0xFE, 0x61, 0x00], "begins with the byte-order mark of utf-16le; give --encoding utf-16le"),
    (.utf8, [0xFE, 0xFF, 0x00, 0x61], "byte-order mark of utf-16be; give --encoding utf-16be"),
    (.utf8, [0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "is text in UTF-32"),
    (
      .utf8, [0x61, 0x00, 0x62, 0x00],
      "has the character NUL in line 1, which no text has; if it is UTF-16, give --encoding utf-16"
    ),
    (.utf8, [0x1F, 0x8B, 0x08, 0x00], "is a gzip file: unpack it first, for instance with gunzip"),
    (.gbk, [0x1F, 0x8B, 0x08, 0x00], "is a gzip file"), (.latin1, [0x28, 0xB5, 0x2F, 0xFD, 0x00], "is a zstd file"),
    (.gbk, [0xEF, 0xBB, 0xBF, 0x61], "byte-order mark of utf-8"),
    (.utf16BigEndian, [0xFF, 0xFE, 0x61, 0x00], "byte-order mark of utf-16le"),
    (.utf16, [0xFF, 0xFE, 0x61, 0x00, 0x62], "is not utf-16: byte 0x62 at offset 4"),
    (.utf16LittleEndian, [0x61, 0x00, 0x0A, 0x00, 0x00, 0xD8, 0x61, 0x00], "byte 0x00 at offset 4, in line 2,"),
    (.utf16LittleEndian, [0x00, 0xDC, 0x61, 0x00], "byte 0x00 at offset 0"),
    (.gbk, [0x61, 0xC4, 0x0A], "is not gbk: byte 0xC4 at offset 1"),
    (.gbk, [0x61, 0xC4], "is not gbk: byte 0xC4 at offset 1"),
    (.latin1, [0x61, 0x0A, 0x00], "NUL in line 2"),
  ]

  @Test(arguments: [1, 2, 3, 7, .max])
  func `what is no text is named with its byte, its line and what to do`(size: Int) throws {
    for (encoding, bytes, words) in Self.faults {
      let error = try #require(throws: UsageError.self) { try Self.decode(bytes, encoding, pieces: size) }
      #expect(error.message.hasPrefix("--dataset-path p.txt "))
      #expect(error.message.contains(words), "\(error.message)")
    }
  }

  @Test
  func `where no option can name the encoding, none is advised`() throws {
    for bytes in [[0x61, 0xFF], [0xFF, 0xFE, 0x61, 0x00], [0x61, 0x00]] as [[UInt8]] {
      let error = try #require(throws: UsageError.self) { try Self.decode(bytes, nil) }
      #expect(!error.message.contains("--encoding"))
    }
  }

  @Test(arguments: [
    ("UTF-8", TextEncoding.utf8), ("utf8", .utf8), ("utf_16LE", .utf16LittleEndian), ("Latin1", .latin1),
    ("iso-8859-1", .latin1), ("GBK", .gbk), ("gb2312", .gbk), ("GB18030", .gb18030),
  ])
  func `encodings have the names that people write`(name: String, encoding: TextEncoding) {
    #expect(TextEncoding(name) == encoding)
    #expect(TextEncoding("klingon") == nil)
  }
}
