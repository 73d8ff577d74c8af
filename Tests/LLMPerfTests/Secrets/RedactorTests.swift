import LLMPerf
import Testing

struct RedactorTests {
  private let redactor = Redactor(["sk/SECRET+key\"1", "hunter22", "päss wörd"])

  /// Encodings by Python 3: urllib.parse.quote(…, safe=""), json.dumps, base64.b64encode.
  @Test(arguments: [
    (#"Incorrect API key: sk/SECRET+key"1."#, "Incorrect API key: ***."),
    ("?key=sk%2FSECRET%2Bkey%221&a=b", "?key=***&a=b"), ("?key=sk%2fSECRET%2bkey%221&a=b", "?key=***&a=b"),
    (#"{"key":"sk/SECRET+key\"1"}"#, #"{"key":"***"}"#), (#"{"key":"sk\/SECRET+key\"1"}"#, #"{"key":"***"}"#),
    ("<b>sk/SECRET+key&quot;1</b>", "<b>***</b>"), ("hunter22hunter22", "******"), ("p%C3%A4ss%20w%C3%B6rd", "***"),
    ("hunter2", "hunter2"), ("", ""),
  ])
  func `hides a secret in every form it may be written in`(text: String, hidden: String) {
    #expect(redactor.redacted(text) == hidden)
  }

  /// b64encode(b"hunter22"), b64encode(b"a:hunter22"), b64encode(b"ab:hunter22!").
  @Test(arguments: ["aHVudGVyMjI=", "YTpodW50ZXIyMg==", "YWI6aHVudGVyMjIh"])
  func `hides a secret in base64, wherever it stands in it`(text: String) {
    let hidden = redactor.redacted("Basic \(text)")
    #expect(hidden.contains("***") && hidden.count < 18)
  }

  @Test(arguments: ["EMPTY", "x", "ollama", "token", "12345", ""])
  func `a text too short to be told from others is left alone`(word: String) {
    let redactor = Redactor([word])
    #expect(redactor.isEmpty)
    #expect(redactor.redacted("an EMPTY token x for ollama 12345") == "an EMPTY token x for ollama 12345")
  }

  @Test
  func `nothing moves in bytes`() {
    var bytes = Array("a hunter22 b".utf8)
    redactor.redact(&bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "a ******** b")
    bytes = []
    redactor.redact(&bytes)
    #expect(bytes.isEmpty)
  }

  @Test(arguments: 4..<8)
  func `the beginning of a secret at the end of a text that was cut off is hidden`(length: Int) {
    let filler = String(repeating: ".", count: 300)
    #expect(redactor.redacted(filler + "hunter22".prefix(length)) == filler + "***")
    #expect(redactor.redacted(filler + "hunter22".prefix(length) + "…") == filler + "***…")
  }

  @Test
  func `finds what a plain search finds`() {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<2000 {
      let letters = Array("ab1".utf8)
      let text = (0..<60).map { _ in letters.randomElement(using: &generator) ?? 0 }
      let secret = String(decoding: text[20..<26], as: UTF8.self)
      let parts = String(decoding: text, as: UTF8.self).split(separator: secret, omittingEmptySubsequences: false)
      guard secret.contains("1") else { continue }
      #expect(Redactor([secret]).redacted(String(decoding: text, as: UTF8.self)) == parts.joined(separator: "***"))
    }
  }
}
