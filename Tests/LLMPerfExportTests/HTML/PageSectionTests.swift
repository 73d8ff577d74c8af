import Testing

@testable import LLMPerfExport

struct PageSectionTests {
  @Test func `has a row for each name, and a style where a cell has one`() {
    let table = PageTable(
      head: ["", "Run", "p<50>"], styles: [.text, .number], caption: "Runs & more", style: "facts",
      rows: [(name: "a", cells: ["<x>", "1"]), (name: "b", cells: ["y", "2"])],
      exceptions: [1: (cell: 0, style: .missed)])
    let section = PageSection(id: "s", heading: "Two <runs>", lead: "It's said", tables: [table])
    #expect(
      section.markup.text == """
        <section aria-labelledby="s">
        <h2 id="s">Two &lt;runs&gt;</h2>
        <p class="none">It&#39;s said</p>
        <div class="scroll" role="region" aria-label="Runs &amp; more" tabindex="0"><table class="facts">\
        <caption>Runs &amp; more</caption>
        <thead><tr><th scope="col"></th><th scope="col">Run</th><th scope="col" class="n">p&lt;50&gt;</th></tr></thead>
        <tbody><tr><th scope="row">a</th><td>&lt;x&gt;</td><td class="n">1</td></tr>
        <tr><th scope="row">b</th><td class="missed">y</td><td class="n">2</td></tr>
        </tbody></table></div></section>

        """)
  }

  @Test func `names a table without caption by its section, and leaves out what is empty`() {
    let section = PageSection(id: "s", heading: "Facts", tables: [PageTable(rows: [(name: "a", cells: ["1"])])])
    #expect(
      section.markup.text == """
        <section aria-labelledby="s">
        <h2 id="s">Facts</h2>
        <div class="scroll" role="region" aria-label="Facts" tabindex="0"><table class="">
        <tbody><tr><th scope="row">a</th><td>1</td></tr>
        </tbody></table></div></section>

        """)
  }
}
