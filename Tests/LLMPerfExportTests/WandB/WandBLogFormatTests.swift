import Testing

@testable import LLMPerfExport

struct WandBLogFormatTests {
  @Test
  func `the checksum is that of zlib`() {
    // The check value of CRC-32: the checksum of "123456789".
    #expect(CRC32.checksum(UInt8(ascii: "1"), Array("23456789".utf8)) == 0xCBF4_3926)
  }

  @Test(arguments: [1, 7, 1000, 32768, 200_000])
  func `reads back what was written, however the bytes come`(step: Int) throws {
    // Sizes around the ends of blocks: a chunk's header is 7 bytes, the file's header as well.
    let sizes = [0, 1, 32754, 5, 32761 - 12, 0, 32768, 70_000, 32740, 21, 3]
    let records = sizes.enumerated().map { place, size in [UInt8](repeating: UInt8(place), count: size) }
    var file = WandBLogFormat.header
    for record in records { file += WandBLogFormat.framed(record, at: file.count) }
    var reader = WandBLogFormat.Reader()
    var found: [[UInt8]] = []
    for start in stride(from: 0, to: file.count, by: step) {
      let part = reader.feed(file[start..<min(start + step, file.count)])
      found += try #require(part)
    }
    #expect(found == records)
    #expect(reader.offset == file.count)
  }

  @Test
  func `notices a damaged record`() {
    var file = WandBLogFormat.header + WandBLogFormat.framed([1, 2, 3], at: 7)
    file[file.count - 1] ^= 1
    var reader = WandBLogFormat.Reader()
    let found = reader.feed(file)
    #expect(found == nil)
  }
}
