import LLMPerf
import Testing

struct Base64TextTests {
  /// RFC 4648, section 10.
  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
    ("foobar", "Zm9vYmFy"),
  ])
  func `writes what RFC 4648 shows`(text: String, encoded: String) {
    #expect(Base64Text.encode(text.utf8) == encoded)
    #expect(Base64Text.encode(text.utf8, .url) == encoded.filter { $0 != "=" })
  }

  @Test
  func `an address has two other characters`() {
    let bytes: [UInt8] = [0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0xFF]
    #expect(Base64Text.encode(bytes) == "++++////")
    #expect(Base64Text.encode(bytes, .url) == "----____")
  }
}
