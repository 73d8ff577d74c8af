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
    let expected: [UInt8] =
      [0x80, 4] + "}(".utf8 + [0x8C, 1] + "a](J".utf8 + [1, 0, 0, 0] + "G".utf8 + [0xC0, 4, 0, 0, 0, 0, 0, 0]
      + "I12345678901\n".utf8 + [0x8C, 4] + "x\né".utf8 + "e".utf8 + [0x8C, 1] + "bN".utf8 + [0x8C, 1] + "c".utf8
      + [0x88] + "u.".utf8
    #expect(pickled(Array(json.utf8)) == expected)
  }

  @Test(arguments: ["", "no JSON", #"{"a": [1, 2"#, #"{"a": 1} {}"#])
  func `text that is not JSON is a string as a whole`(text: String) {
    #expect(pickled(Array(text.utf8)) == [0x80, 4, 0x8C, UInt8(text.utf8.count)] + text.utf8 + ".".utf8)
  }

  @Test func `bytes that are not UTF-8 are repaired, since Python refuses them`() {
    #expect(pickled(Array(#"["\#u{61}"#.utf8) + [0xFF] + Array(#""]"#.utf8)).contains(0xFF) == false)
  }
}
