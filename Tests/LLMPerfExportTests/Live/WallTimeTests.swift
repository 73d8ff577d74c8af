import Testing

@testable import LLMPerfExport

struct WallTimeTests {
  /// What `date -u -d @SECONDS +%FT%T` prints.
  @Test(arguments: [
    (0.0, "1970-01-01T00:00:00.000000"), (951_782_400.5, "2000-02-29T00:00:00.500000"),
    (1_795_490_000.25, "2026-11-24T03:13:20.250000"),
  ])
  func `the world's time is written as ISO 8601`(seconds: Double, text: String) {
    #expect(WallTime.iso(seconds) == text)
  }

  @Test
  func `a fraction that rounds to a second does not become seven digits`() {
    #expect(WallTime.iso(10.9999999).hasSuffix(":10.999999"))
  }

  @Test
  func `local time has the same fields in both of its forms`() {
    let compact = WallTime.compact(1_795_490_000.25)
    let underscored = WallTime.underscored(1_795_490_000.25)
    #expect(compact.wholeMatch(of: /\d{8}_\d{6}/) != nil)
    #expect(underscored.filter { $0 != "_" } == compact.filter { $0 != "_" } + "250000")
  }
}
