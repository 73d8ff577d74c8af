import Testing

@testable import LLMPerfExport

struct TerminalRegionTests {
  private let written = Notes()

  private func region(columns: Int = 20, isColored: Bool = false) -> TerminalRegion {
    let written = written
    return TerminalRegion(
      size: { TerminalSize(columns: columns, rows: 5) }, isColored: isColored, output: { written.add($0) })
  }

  @Test
  func `draws over what it drew before, and leaves a clean terminal`() {
    let region = region()
    region.show([StyledLine("one"), StyledLine("two")])
    region.show([StyledLine("three")])
    region.print("above")
    region.close()
    region.show([StyledLine("late")])
    let on = "\u{1B}[?25l\u{1B}[?7l"
    let off = "\u{1B}[?7h\u{1B}[?25h"
    let back = { (rows: Int) in "\r\u{1B}[\(rows)A\u{1B}[J" }
    #expect(
      written.all == [
        on + "one\ntwo\n" + off, back(2) + on + "three\n" + off, back(1) + "above\n" + on + "three\n" + off, back(1),
      ])
  }

  @Test
  func `a line longer than the terminal is cut, and control characters of others do not pass`() {
    let region = region(columns: 9, isColored: true)
    var line = StyledLine("abc", .red)
    line.append("d\u{1B}[2Jefghijk")
    region.show([line])
    #expect(written.text.contains("\u{1B}[31mabc\u{1B}[0md [2…"))
    #expect(!written.text.contains("\u{1B}[2J"))
  }
}
