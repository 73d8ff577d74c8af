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

  /// The table for the template.
  var context: [String: Any] {
    [
      "style": style, "caption": caption ?? false, "hasHead": !head.isEmpty,
      "head": head.enumerated().map { position, text in
        ["text": text, "number": position > 0 && styleOfColumn(position - 1) == .number] as [String: Any]
      },
      "rows": rows.enumerated().map { position, row in
        [
          "name": row.name,
          "cells": row.cells.enumerated().map { column, text in
            let exception = exceptions[position].flatMap { $0.cell == column ? $0.style : nil }
            let style = (exception ?? styleOfColumn(column)).rawValue
            return ["text": text, "style": style.isEmpty ? false : style as Any]
          },
        ] as [String: Any]
      },
    ]
  }

  private func styleOfColumn(_ column: Int) -> Style {
    styles.indices.contains(column) ? styles[column] : .text
  }
}
