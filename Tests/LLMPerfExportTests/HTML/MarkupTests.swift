import Testing

@testable import LLMPerfExport

struct MarkupTests {
  @Test(arguments: [
    ("<script>", "&lt;script&gt;"), ("a & b", "a &amp; b"), (#"" onclick='x'"#, "&quot; onclick=&#39;x&#39;"),
    ("&amp;", "&amp;amp;"), ("naïve 日本 👩‍👩‍👧", "naïve 日本 👩‍👩‍👧"), ("", ""), ("a\tb\r\nc", "a\tb\r\nc"),
    // One character for Swift, two for a browser.
    ("<\u{338}b>", "&lt;\u{338}b&gt;"),
    ("\u{1B}[31m\u{0}\u{B}\u{C}\u{E}", "\u{FFFD}[31m\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
  ])
  func `escapes what is put into it`(text: String, html: String) {
    let markup: Markup = #"<p title="\#(text)">\#(text)</p>"#
    #expect(markup.text == #"<p title="\#(html)">\#(html)</p>"#)
  }

  @Test func `takes markup and numbers as they are`() {
    let cells: [Markup] = ["<td>\(1)</td>", "<td>\("<2>")</td>"]
    let row: Markup = "<tr>\(cells.joined())</tr>" + "\n"
    #expect(row.text == "<tr><td>1</td><td>&lt;2&gt;</td></tr>\n")
  }
}
