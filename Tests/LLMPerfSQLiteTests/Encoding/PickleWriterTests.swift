import Testing

@testable import LLMPerfSQLite

struct PickleWriterTests {
  private func pickled(_ text: [UInt8]) -> [UInt8] {
    var writer = PickleWriter()
    writer.begin()
    text.withUnsafeBufferPointer { writer.jsonOrString($0) }
    writer.end()
    return writer.bytes
  }

  @Test func `writes what Python's unpickler makes the same value of`() {
    // Read by pickletools.dis: a dictionary of every kind of value, nested.
    let json = #"{"a": [1, -2.5, 12345678901, "x\n\u00e9"], "b": null, "c": true}"#
    var expected: [UInt8] = [0x80, 4]
    func put(_ text: String, _ bytes: UInt8...) { expected += Array(text.utf8) + bytes }
    put("}(", 0x8C, 1)
    put("a](J", 1, 0, 0, 0)
    put("G", 0xC0, 4, 0, 0, 0, 0, 0, 0)
    put("I12345678901\n", 0x8C, 4)
    put("x\né", 0x65, 0x8C, 1)
    put("bN", 0x8C, 1)
    put("c", 0x88)
    put("u.")
    #expect(pickled(Array(json.utf8)) == expected)
  }

  @Test(arguments: ["", "no JSON", #"{"a": [1, 2"#, #"{"a": 1} {}"#])
  func `text that is not JSON is a string as a whole`(text: String) {
    #expect(pickled(Array(text.utf8)) == [0x80, 4, 0x8C, UInt8(text.utf8.count)] + Array((text + ".").utf8))
  }

  @Test func `bytes that are not UTF-8 are repaired, since Python refuses them`() {
    let pickle = pickled(Array("[\"a".utf8) + [0xFF] + Array("\"]".utf8))
    #expect(!pickle.contains(0xFF))
    #expect(pickle.firstRange(of: Array("a\u{FFFD}".utf8)) != nil)
  }
}
