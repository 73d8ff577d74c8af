import LLMPerfBytes
import Testing

struct ProtobufTests {
  @Test
  func `writes protobuf as its documentation has it`() throws {
    // The examples of protobuf's own encoding guide: field 1 = 150, field 2 = "testing".
    var writer = ProtobufWriter()
    writer.field(1, varint: 150)
    writer.field(2, string: "testing")
    #expect(writer.bytes == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8))
    writer = ProtobufWriter()
    writer.field(1, varint: -1)
    writer.field(3, double: 1)
    #expect(writer.bytes == [0x08] + Array(repeating: 0xFF, count: 9) + [1, 0x19, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    try writer.bytes.withUnsafeBufferPointer { bytes in
      var reader = ProtobufReader(bytes)
      guard case (1, .varint(let number))? = try reader.next(), case (3, .fixed64(let bits))? = try reader.next() else {
        Issue.record("two fields expected")
        return
      }
      #expect(Int64(bitPattern: number) == -1 && Double(bitPattern: bits) == 1)
      #expect(try reader.next() == nil)
    }
  }

  @Test(arguments: [0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])
  func `knows the length of a field before it is written`(count: Int) {
    for number in [1, 15, 16, 21] {
      var writer = ProtobufWriter()
      writer.field(number, bytes: [UInt8](repeating: 0, count: count))
      let expected = ProtobufWriter.size(ofField: number, count: count)
      #expect(writer.bytes.count == expected)
    }
  }

  @Test(
    arguments: [
      [0x08], [0x08, 0x80], [0x0D, 1, 2, 3], [0x09, 1], [0x12, 0x02, 0x61], [0x0B],
      [0x12] + Array(repeating: 0xFF, count: 9) + [1],
      [0x08] + Array(repeating: 0xFF, count: 11),
    ] as [[UInt8]])
  func `says that bytes are no protobuf`(bytes: [UInt8]) {
    #expect(throws: ProtobufReader.Malformed.self) {
      try bytes.withUnsafeBufferPointer { bytes in
        var reader = ProtobufReader(bytes)
        while try reader.next() != nil {}
      }
    }
  }
}
