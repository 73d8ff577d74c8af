import LLMPerf
import Testing

@testable import LLMPerfSQLite

struct DecimalWriterTests {
  @Test(arguments: [
    (0, "0.0"), (1, "0.000000001"), (1_000_000_000, "1.0"), (12_345_678_900, "12.3456789"), (-1_500_000_000, "-1.5"),
    (Int64.max, "9223372036.854775807"), (Int64.min, "-9223372036.854775808"),
  ])
  func `writes seconds exactly and without trailing zeros`(nanoseconds: Int64, text: String) {
    var writer = DecimalWriter()
    var output: [UInt8] = []
    writer.append(RunInstant(nanoseconds: nanoseconds), to: &output)
    #expect(String(decoding: output, as: UTF8.self) == text)
  }

  @Test func `an instant that comes again is written again`() {
    var writer = DecimalWriter()
    var output: [UInt8] = []
    for nanoseconds: Int64 in [5, 5, 6, 5] { writer.append(RunInstant(nanoseconds: nanoseconds), to: &output) }
    #expect(String(decoding: output, as: UTF8.self) == "0.0000000050.0000000050.0000000060.000000005")
  }
}
