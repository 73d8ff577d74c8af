import Mustache

/// Our pages: templates put together with the style and the script, so that a page is one file and asks for no other.
struct HTMLPage {
  private let library: MustacheLibrary

  /// - Throws: an error of the template's parser, were a template broken.
  init() throws {
    var library = MustacheLibrary()
    try library.register(PageTemplate.text, named: "page")
    try library.register(ReportTemplate.text, named: "report")
    try library.register(SectionTemplate.text, named: "section")
    try library.register(SectionTemplate.table, named: "table")
    try library.register(ComparisonTemplate.text, named: "comparison")
    self.library = library
  }

  /// The page of `template` with `content`.
  func render(_ template: String, _ content: [String: Any]) -> [UInt8] {
    var content = content
    content["style"] = PageStyle.text
    content["script"] = PageScript.text
    return Array((library.render(content, withTemplate: template) ?? "").utf8)
  }
}
