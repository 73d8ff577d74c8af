import Testing

@testable import LLMPerf

struct WrappedTextTests {
  @Test func `breaks between words, and further lines stand further in`() {
    let lines = WrappedText.lines("  note (code): one two three four", columns: 19, hanging: 4)
    #expect(lines == ["  note (code): one", "    two three four"])
  }

  @Test(arguments: 20...120)
  func `keeps every word and every bound`(columns: Int) {
    let text =
      "requests left up to 14.74 ms late (p99) against TTFT p50 6.481 ms; lower the load, or give the client more CPU"
    let lines = WrappedText.lines("  " + text, columns: columns, hanging: 4)
    #expect(lines.allSatisfy { $0.count <= columns })
    #expect(lines.flatMap { $0.split(separator: " ") } == text.split(separator: " "))
  }

  @Test func `leaves a word alone that is wider than the terminal`() {
    #expect(WrappedText.lines("  a 0123456789 b", columns: 8, hanging: 4) == ["  a", "    0123456789", "    b"])
  }

  @Test func `leaves nothing at all a line`() {
    #expect(WrappedText.lines("", columns: 8) == [""])
  }
}
