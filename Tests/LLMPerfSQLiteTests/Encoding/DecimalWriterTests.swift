import LLMPerf
import Testing

@testable import LLMPerfSQLite

struct DecimalWriterTests {
  private static func text(_ nanoseconds: Int64) -> String {
    var output: [UInt8] = []
    DecimalWriter.append(RunInstant(nanoseconds: nanoseconds), to: &output)
    return String(decoding: output, as: UTF8.self)
  }

  @Test(
    arguments: [
      (0, "0.0"), (1, "0.000000001"), (-1, "-0.000000001"), (10, "0.00000001"), (999_999_999, "0.999999999"),
      (1_000_000_000, "1.0"), (1_500_000_000, "1.5"), (-2_050_000_000, "-2.05"), (10_000_000_000, "10.0"),
      (3_600_000_000_001, "3600.000000001"), (.max, "9223372036.854775807"), (.min, "-9223372036.854775808"),
    ] as [(Int64, String)])
  func `writes nanoseconds as exact seconds`(nanoseconds: Int64, text: String) {
    #expect(Self.text(nanoseconds) == text)
  }

  @Test
  func `what it writes is read back to the nanosecond`() {
    var random = SplitMix64(seed: 11)
    for _ in 0..<2000 {
      let nanoseconds = Int64.random(in: 0...7 * 86_400 * 1_000_000_000, using: &random)
      #expect(Double(Self.text(nanoseconds)).map { Int64(($0 * 1e9).rounded()) } == nanoseconds)
    }
  }
}
