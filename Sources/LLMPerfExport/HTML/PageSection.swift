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

  /// The section as HTML.
  var markup: Markup {
    var html: Markup = #"""
      <section aria-labelledby="\#(id)">
      <h2 id="\#(id)">\#(heading)</h2>

      """#
    if let lead { html += #"<p class="none">\#(lead)</p>\#n"# }
    for table in tables { html += table.markup(heading: heading) }
    if !plots.isEmpty {
      html += #"<div class="plots">\#n"#
      for (position, plot) in plots.enumerated() { html += plot.figure(identifier: "\(id)\(position)") }
      html += "</div>\n"
    }
    return html + "</section>\n"
  }
}
