import LLMPerf
import Testing

struct HarmlessTextTests {
  @Test(arguments: [
    ("plain ASCII, ünïcode, 日本, 🙂 and e\u{301}", "plain ASCII, ünïcode, 日本, 🙂 and e\u{301}"),
    ("\u{1B}[31mred\u{7}\u{8}", #"\u{1B}[31mred\u{7}\u{8}"#),
    ("\u{9B}2J\u{9D}0;t\u{9C}\u{7F}", #"\u{9B}2J\u{9D}0;t\u{9C}\u{7F}"#),
    ("a\u{202E}b\u{2066}c\u{200F}d", #"a\u{202E}b\u{2066}c\u{200F}d"#),
    ("tag\u{E0041}, mark\u{FEFF}", #"tag\u{E0041}, mark\u{FEFF}"#),
  ])
  func `shows what a terminal would obey, and leaves the rest`(text: String, shown: String) {
    #expect(text.harmless() == shown)
    #expect(text.oneLine(atMost: 200) == shown)
    #expect(RequestFailure(.inBand, text).message == shown)
  }

  @Test(arguments: [
    ("\n a\r\n\r\nb\tc\u{85}d\u{2028}e\n", " a b c d e"), ("", ""), ("\n\n", ""), ("a\u{301}\nb", "a\u{301} b"),
  ])
  func `a text of several lines becomes one`(text: String, line: String) {
    #expect(text.oneLine(atMost: 100) == line)
  }

  @Test
  func `line feeds and tabs stay where lines are wanted`() {
    #expect("a\n\tb\r\u{1B}".harmless(keepingLines: true) == "a\n\tb\\u{D}\\u{1B}")
  }

  @Test
  func `a failure's message has a bound, whatever the service said`() {
    let message = RequestFailure(.inBand, String(repeating: "é\n", count: 1 << 20)).message
    #expect(message.unicodeScalars.count <= 1001 && message.hasSuffix("…"))
    // A million marks on one letter are one character.
    let stacked = RequestFailure(.inBand, "e" + String(repeating: "\u{301}", count: 1 << 20)).message
    #expect(stacked.unicodeScalars.count <= 1001)
    #expect(RequestFailure.Code(parsing: String(repeating: "\u{1B}", count: 1000)).description.count < 1000)
  }

  @Test
  func `bytes that are no text are shown as such`() {
    let text = String(decoding: [0x61, 0xC0, 0x9B, 0xED, 0xA0, 0x80, 0xFF], as: UTF8.self)
    #expect(text.harmless().unicodeScalars.allSatisfy { $0 == "a" || $0 == "\u{FFFD}" })
  }
}
