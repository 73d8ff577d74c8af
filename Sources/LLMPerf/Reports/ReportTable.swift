/// Rows of text in columns: the first one to the left, the others to the right, two spaces between them.
struct ReportTable {
  private var rows: [[String]]

  /// A table with these column titles.
  init(_ titles: [String]) {
    rows = [titles]
  }

  /// Whether there is no row under the titles.
  var isEmpty: Bool { rows.count == 1 }

  /// Adds a row; cells that are missing at its end are empty.
  mutating func add(_ cells: [String]) {
    rows.append(cells)
  }

  /// The lines, without white space at their ends.
  var lines: [String] {
    let columns = rows.map(\.count).max() ?? 0
    let widths = (0..<columns).map { column in rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        return column == 0 ? cell + padding : padding + cell
      }
      let line = cells.joined(separator: "  ")
      return "  " + String(line.reversed().drop { $0 == " " }.reversed())
    }
  }
}
