import Foundation
import Testing

@testable import LLMPerfSQLite

/// The guide to the database names every column that there is, in the order in which they are.
struct DatabaseGuideTests {
  /// The names in the first column of the tables below the heading of the table `name`.
  private static func columns(of name: String) throws -> [String] {
    let guide = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../docs/database.md")
    let text = try String(contentsOf: guide, encoding: .utf8)
    let section = try #require(
      text.components(separatedBy: "\n## ").first { $0.hasPrefix("Table `\(name)`") }?
        .components(separatedBy: "\n### ").first)
    return section.split(separator: "\n").filter { $0.hasPrefix("| `") }.flatMap { row -> [String] in
      let names = row.split(separator: "|")[0].split(separator: "`", omittingEmptySubsequences: false)
      return names.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
  }

  @Test(arguments: [
    ("result", ResultSchema.columns), ("run", ResultSchema.runColumns), ("health", ResultSchema.healthColumns),
  ])
  func `the guide names the columns of each table, in order`(table: String, columns: [String]) throws {
    #expect(try Self.columns(of: table) == columns)
  }
}
