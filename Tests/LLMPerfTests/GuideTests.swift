import Foundation
import LLMPerf
import Testing

struct GuideTests {
  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  @Test(arguments: [("add-a-protocol", "AddAProtocol"), ("add-a-dataset", "AddADataset")])
  func `says the same in docs and in the documentation catalog`(guide: String, article: String) throws {
    let docs = try String(contentsOf: Self.repository.appending(path: "docs/\(guide).md"), encoding: .utf8)
    let catalog = Self.repository.appending(path: "Sources/LLMPerf/Documentation.docc/\(article).md")
    #expect(try String(contentsOf: catalog, encoding: .utf8) == docs)
  }
}
