import Foundation
import LLMPerf
import Testing

@testable import LLMPerfSQLite

struct Base64Tests {
  @Test(
    arguments: zip(
      ["", "f", "fo", "foo", "foob", "fooba", "foobar"],
      ["", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"])
  )
  func `encodes the vectors of RFC 4648 and reads them back`(text: String, encoded: String) {
    var output: [UInt8] = []
    Base64.encode(Array(text.utf8), into: &output)
    #expect(String(decoding: output, as: UTF8.self) == encoded)
    #expect(Base64.decode(encoded.utf8) == Array(text.utf8))
  }

  @Test
  func `agrees with Foundation on random bytes, and keeps nothing of its last output`() {
    var random = SplitMix64(seed: 5)
    var output: [UInt8] = []
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      Base64.encode(bytes, into: &output)
      #expect(String(decoding: output, as: UTF8.self) == Data(bytes).base64EncodedString())
      #expect(Base64.decode(output) == bytes)
    }
  }

  @Test(arguments: ["Z", "Zg", "Zg=", "Zg===", "Zm8", "Zm9v=", "Zm=v", "Z m9v", "Zm9v\n", "Zm9-", "===="])
  func `refuses what is not base64`(text: String) {
    #expect(Base64.decode(text.utf8) == nil)
  }
}
