import Testing

@testable import LLMPerfBytes

struct NumberTextTests {
  @Test(arguments: [
    (0.0, "0 s"), (0.0234, "23.4 ms"), (1.25, "1.25 s"), (0.00085, "850 µs"), (0.9999, "1.00 s"), (12.0, "12.0 s"),
    (1234.5, "1,235 s"), (3e-9, "3.00 ns"), (-0.002, "-2.00 ms"),
  ])
  func `writes times in the unit that suits them`(seconds: Double, text: String) {
    #expect(NumberText.time(seconds) == text)
  }

  @Test(arguments: [(7.4, "0:07"), (754, "12:34"), (3723, "1:02:03"), (-1, "0:00")])
  func `writes times as a clock shows them`(seconds: Double, text: String) {
    #expect(NumberText.clock(seconds) == text)
  }

  @Test(arguments: [
    (0.0, 2, "0.00"), (1.005, 1, "1.0"), (-0.04, 1, "0.0"), (2.5, 0, "2"), (3.5, 0, "4"), (12.3456, 3, "12.346"),
    (-1.25, 1, "-1.2"), (1e15, 2, "1000000000000000.00"), (123_456_789.125, 6, "123456789.125000"),
    (0.1, 20, "0.10000000000000000555"),
  ])
  func `rounds to fixed digits as C does, and writes no negative zero`(value: Double, digits: Int, text: String) {
    #expect(NumberText.fixed(value, digits: digits) == text)
  }

  @Test(arguments: [
    (2.675, 2, "2.67"), (0.0005, 3, "0.001"), (3.0, 3, "3"), (-0.0001, 3, "0"), (1234.5678, 3, "1234.568"),
  ])
  func `rounds as Python does`(value: Double, digits: Int, text: String) {
    #expect(NumberText.rounded(value, digits: digits) == text)
  }

  @Test(arguments: [0, 3, 5])
  func `rounds to the nearest, however near a half is`(digits: Int) throws {
    let scale = [1.0, 1e3, 1e5][digits == 0 ? 0 : digits == 3 ? 1 : 2]
    for step in 0..<20_000 {
      let value = Double(step) * 0.00025 - 1
      let text = NumberText.fixed(value, digits: digits)
      let written = try #require(Double(text))
      #expect(abs(written - value) <= 0.5 / scale + 1e-12, "\(value) as \(text)")
      #expect(text.split(separator: ".").dropFirst().first?.count ?? 0 == digits)
    }
  }

  @Test(arguments: [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (1_048_570, "1.0 MiB"), (54_525_952, "52.0 MiB")])
  func `writes bytes in the unit that leaves few digits`(count: Int, text: String) {
    #expect(NumberText.bytes(count) == text)
  }

  @Test(arguments: [
    (0.123_45, "12.3 %"), (1, "100 %"), (0, "0 %"), (0.007_59, "0.8 %"), (0.000_12, "0.012 %"), (-0.5, "-50 %"),
  ])
  func `writes shares as percent`(share: Double, text: String) {
    #expect(NumberText.percent(share) == text)
  }

  @Test func `never writes a number that is none`() {
    #expect(NumberText.fixed(nil, digits: 2) == "n/a")
    #expect(NumberText.time(.nan) == "n/a")
    #expect(NumberText.time(.infinity) == "∞")
    #expect(NumberText.percent(nil) == "n/a")
    #expect(NumberText.whole(nil) == "n/a")
    #expect(NumberText.grouped(-1_234_567) == "-1,234,567")
  }
}
