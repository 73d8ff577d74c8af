import Testing

@testable import LLMPerfTokenizers

struct TextTests {
  private static func normalized(_ form: NormalizationForm, _ text: String) throws -> String {
    let normalizer = Normalizer(steps: [.form(form)])
    return String(decoding: try normalizer.apply(Array(text.utf8), tables: .shared), as: UTF8.self)
  }

  private static func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

  @Test(arguments: [
    ("e\u{301}", "\u{E9}"), ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"), ("a\u{301}\u{323}", "\u{1EA1}\u{301}"),
    ("\u{212B}", "\u{C5}"), ("\u{958}", "\u{915}\u{93C}"), ("abc", "abc"), ("\u{301}", "\u{301}"),
  ])
  func `NFC composes`(text: String, wanted: String) throws {
    #expect(try Self.scalars(Self.normalized(.nfc, text)) == Self.scalars(wanted))
  }

  @Test
  func `normal forms stay as they are`() throws {
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let text = generator.text(length: 20)
      let nfc = try Self.normalized(.nfc, text)
      #expect(try Self.scalars(Self.normalized(.nfc, nfc)) == Self.scalars(nfc))
      let nfd = try Self.normalized(.nfd, text)
      #expect(try Self.scalars(Self.normalized(.nfd, nfd)) == Self.scalars(nfd))
      #expect(try Self.scalars(Self.normalized(.nfc, nfd)) == Self.scalars(nfc))
    }
  }

  @Test(
    arguments: [
      [0xFF], [0xC3], [0xE4, 0xBB], [0xED, 0xA0, 0x80], [0xF0, 0x9F, 0x98], [0x61, 0xC0, 0x80, 0x62],
      [0xF4, 0x90, 0x80, 0x80],
      [0xE4, 0xBB, 0x8A, 0xE5], [0x80, 0x80], [0xF0, 0x80, 0x80, 0x80], [],
    ] as [[UInt8]])
  func `ill-formed bytes are repaired as the standard library does`(bytes: [UInt8]) {
    var repaired = GrowableBuffer<UInt8>()
    bytes.withUnsafeBufferPointer { repaired.append(repairing: $0) }
    #expect(Array(repaired.elements) == Array(String(decoding: bytes, as: UTF8.self).utf8))
  }

  @Test
  func `keys that are canonically equal stay apart`() throws {
    let text = Array("{\"\u{E9}\": 1, \"e\u{301}\": 2, \"\\u00e9x\": [1, -2.5e3, \"\\ud83d\\ude42\\ud83d\"]}".utf8)
    try text.withUnsafeBufferPointer { bytes in
      let root = try JSONDocument(text: bytes).root
      var keys: [[UInt8]] = []
      root.forEachMember { key, _ in keys.append(key.bytes ?? []) }
      #expect(keys == [Array("\u{E9}".utf8), Array("e\u{301}".utf8), Array("\u{E9}x".utf8)])
      var values: [JSONValue] = []
      root.forEachMember { _, value in values = value.elements }
      #expect(values[1].double == -2500)
      #expect(values[2].string == "\u{1F642}\u{FFFD}")
    }
  }

  @Test(arguments: ["", "{", "[1,", "{\"a\"}", "{\"a\":}", "[1 2]", "nul", "\"a", "[]]", "{\"a\":1,}", "\"\\"])
  func `broken JSON is an error`(text: String) {
    #expect(throws: TokenizerError.self) { try Self.parse(Array(text.utf8)) }
  }

  @Test
  func `deep JSON is an error, not a crash`() {
    #expect(throws: TokenizerError.self) {
      try Self.parse([UInt8](repeating: UInt8(ascii: "["), count: 100_000))
    }
  }

  private static func parse(_ text: [UInt8]) throws {
    _ = try text.withUnsafeBufferPointer { try JSONDocument(text: $0) }
  }

  @Test(arguments: [
    "a", "e\u{301}\u{323}x", "👩‍💻🏽x", "한글각", "\r\n\n", "नि्मx", "🇩🇪🇫🇷🇮", "a\u{200D}b",
    String(repeating: "\u{301}", count: 300) + "x",
    String(repeating: "👍🏽", count: 40),
  ])
  func `clusters end where characters do`(text: String) {
    let bytes = Array(text.utf8)
    var ends: [Int] = []
    bytes.withUnsafeBufferPointer { bytes in
      var position = 0
      while position < bytes.count {
        position = GraphemeClusters.end(in: bytes, from: position, tables: .shared)
        ends.append(position)
      }
    }
    #expect(ends == text.characterEnds)
  }
}

extension String {
  /// The UTF-8 offsets at which characters end.
  fileprivate var characterEnds: [Int] {
    var end = 0
    return map { character in
      end += character.utf8.count
      return end
    }
  }
}
