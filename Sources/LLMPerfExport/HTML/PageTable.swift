/// A table of a page: a name and its cells in each row.
struct PageTable {
  /// How a cell is set.
  enum Style: String {
    case text = ""
    case number = "n"
    case wide = "w"
    /// On one line.
    case fixed = "ci"
    case missed
    case passed
    /// Neither better nor worse.
    case changed

    /// The style as an attribute of a cell's tag.
    var attribute: Markup { self == .text ? "" : #" class="\#(rawValue)""# }
  }

  /// The heads of the columns, the names' first; empty for none.
  var head: [String] = []
  /// The style of each column behind the names.
  var styles: [Style] = []
  var caption: String?
  var style = ""
  var rows: [(name: String, cells: [String])]
  /// Cells whose style differs from their column's, by row and cell.
  var exceptions: [Int: (cell: Int, style: Style)] = [:]

  /// The table as HTML; where it has no caption, `heading` says to those who hear the page what it is.
  func markup(heading: String) -> Markup {
    var html: Markup = #"""
      <div class="scroll" role="region" aria-label="\#(caption ?? heading)" tabindex="0"><table class="\#(style)">
      """#
    if let caption { html += "<caption>\(caption)</caption>" }
    html += "\n"
    if !head.isEmpty { html += "<thead><tr>\(headCells)</tr></thead>\n" }
    html += "<tbody>"
    for (position, row) in rows.enumerated() {
      html += #"<tr><th scope="row">\#(row.name)</th>\#(cells(of: row, at: position))</tr>\#n"#
    }
    return html + "</tbody></table></div>"
  }

  private var headCells: Markup {
    head.enumerated().map { position, text -> Markup in
      let isNumber = position > 0 && styleOfColumn(position - 1) == .number
      let style: Style = isNumber ? .number : .text
      return #"<th scope="col"\#(style.attribute)>\#(text)</th>"#
    }.joined()
  }

  private func cells(of row: (name: String, cells: [String]), at position: Int) -> Markup {
    row.cells.enumerated().map { column, text -> Markup in
      let exception = exceptions[position].flatMap { $0.cell == column ? $0.style : nil }
      return "<td\((exception ?? styleOfColumn(column)).attribute)>\(text)</td>"
    }.joined()
  }

  private func styleOfColumn(_ column: Int) -> Style {
    styles.indices.contains(column) ? styles[column] : .text
  }
}
