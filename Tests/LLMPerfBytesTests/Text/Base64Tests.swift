import Foundation
import LLMPerf
import LLMPerfBytes
import Testing

struct Base64Tests {
  /// RFC 4648, section 10.
  @Test(
    arguments: zip(
      ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
      ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"])
  )
  func `encodes the vectors of RFC 4648 and reads them back`(text: String, encoded: String) {
    var output: [UInt8] = []
    Base64.encode(Array(text.utf8), into: &output)
    #expect(String(decoding: output, as: UTF8.self) == encoded)
    #expect(Base64.encode(text.utf8) == encoded)
    #expect(Base64.encode(text.utf8, .url) == encoded.filter { $0 != "=" })
    #expect(Base64.decode(Array(encoded.utf8)) == Array(text.utf8))
    #expect(Base64.decode(Array(encoded.utf8.filter { $0 != 0x3D }), padding: .optional) == Array(text.utf8))
  }

  @Test
  func `an address has two other characters`() {
    let bytes: [UInt8] = [0xFB, 0xEF, 0xBE, 0xFF, 0xFF, 0xFF]
    #expect(Base64.encode(bytes) == "++++////")
    #expect(Base64.encode(bytes, .url) == "----____")
  }

  @Test
  func `agrees with Foundation on random bytes, and keeps nothing of its last output`() {
    var random = SplitMix64(seed: 5)
    var output: [UInt8] = []
    var decoded: [UInt8] = []
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      Base64.encode(bytes, into: &output)
      #expect(String(decoding: output, as: UTF8.self) == Data(bytes).base64EncodedString())
      #expect(Base64.encoded(bytes) == output)
      #expect(output.withUnsafeBufferPointer { Base64.decode($0, into: &decoded) })
      #expect(decoded == bytes)
    }
  }

  @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Zm8", "Zm9v=", "Zm=v", "Z m9v", "Zm9v\n", "Zm9-", "===="])
  func `refuses what is not base64`(text: String) {
    #expect(Base64.decode(Array(text.utf8)) == nil)
  }

  @Test(arguments: ["Z", "Zm=v", "Z m9v", "Zm9v\n", "Zm9-", "Zm9vZ"])
  func `refuses the same where padding may be missing`(text: String) {
    #expect(Base64.decode(Array(text.utf8), padding: .optional) == nil)
  }
}
