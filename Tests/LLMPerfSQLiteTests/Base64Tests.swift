import Testing

@testable import LLMPerfSQLite

struct Base64Tests {
  @Test(arguments: zip(["", "f", "fo", "foo", "foob", "fooba", "foobar"], ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"]))
  func `encodes the vectors of RFC 4648 and reads them back`(text: String, encoded: String) {
    var output: [UInt8] = []
    Base64.encode(Array(text.utf8), into: &output)
    #expect(String(decoding: output, as: UTF8.self) == encoded)
    #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
  }
}
