/// A part of a page with a heading.
struct PageSection {
  var id: String
  var heading: String
  /// A remark below the heading.
  var lead: String?
  var tables: [PageTable] = []
  var plots: [Plot] = []

  /// Whether there is anything in it.
  var isEmpty: Bool { lead == nil && tables.isEmpty && plots.isEmpty }

  /// The section for the template.
  var context: [String: Any] {
    [
      "id": id, "heading": heading, "lead": lead ?? false, "tables": tables.map(\.context), "hasPlots": !plots.isEmpty,
      "plots": plots.enumerated().map { position, plot in plot.figure(identifier: "\(id)\(position)") },
    ]
  }
}
