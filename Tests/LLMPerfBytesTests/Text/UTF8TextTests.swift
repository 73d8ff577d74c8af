import Foundation
import LLMPerfBytes
import Testing

struct UTF8TextTests {
  /// Every sequence of one to four bytes out of those at the borders of the table is judged as the standard library does.
  @Test
  func `knows UTF-8 as the standard library does`() {
    let borders: [UInt8] = [
      0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEF, 0xF0, 0xF4, 0xF5,
    ]
    for count in 1...4 {
      for number in 0..<Int(pow(Double(borders.count), Double(count))) {
        var rest = number
        let bytes = (0..<count).map { _ in
          defer { rest /= borders.count }
          return borders[rest % borders.count]
        }
        let isWhole = bytes.withUnsafeBufferPointer { UTF8Text.check($0) } == (count, .none)
        guard isWhole != (String(validating: bytes, as: UTF8.self) != nil) else { continue }
        Issue.record("\(bytes)")
      }
    }
  }

  @Test(
    arguments: [
      ([0x61, 0xC3], 1, .unfinished), ([0x61, 0xFF, 0x62], 1, .illFormed(length: 1)),
      ([0xE4, 0xBB, 0x41], 0, .illFormed(length: 2)), ([0xED, 0xA0, 0x80], 0, .illFormed(length: 1)),
      ([0xF0, 0x9F, 0x98, 0x41], 0, .illFormed(length: 3)), ([0xC3, 0xA9], 2, .none),
    ] as [([UInt8], Int, UTF8Text.Rest)])
  func `says how much is whole, and what is behind it`(bytes: [UInt8], end: Int, rest: UTF8Text.Rest) {
    #expect(bytes.withUnsafeBufferPointer { UTF8Text.check($0) } == (end, rest))
  }
}
