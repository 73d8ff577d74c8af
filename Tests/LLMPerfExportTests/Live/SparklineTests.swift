import Testing

@testable import LLMPerfExport

struct SparklineTests {
  @Test
  func `the highest of the values shown fills its cell`() {
    #expect(Sparkline.text([100, 0, 4, 8], columns: 3) == "▁▄█")
    #expect(Sparkline.text([1, nil, 2], columns: 8) == "▄ █")
    #expect(Sparkline.text([0, 0], columns: 2) == "▁▁")
    #expect(Sparkline.text([1, 2], columns: 0) == "")
  }

  @Test(arguments: [
    (0.0, "", "░░░"), (0.5, "█▌", "░"), (1.0, "███", ""), (-1.0, "", "░░░"), (2.0, "███", ""), (0.99, "██▉", ""),
  ])
  func `a bar is full to an eighth of a cell, and always as wide`(share: Double, full: String, rest: String) {
    let bar = Sparkline.bar(share, columns: 3)
    #expect(bar.full == full)
    #expect(bar.rest == rest)
  }
}
