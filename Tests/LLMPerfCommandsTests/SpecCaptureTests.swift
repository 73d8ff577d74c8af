import Foundation
import LLMPerf
import LLMPerfCommands
import LLMPerfTesting
import Testing

/// The descriptions that stand beside the examples read recorded responses as the built-in protocols do.
struct SpecCaptureTests {
  struct Row: Sendable, CustomTestStringConvertible {
    let spec: String
    let row: JSON
    var testDescription: String { row["file"]?.stringValue ?? "" }
  }

  static let repository = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  static let transcripts = repository.appending(path: "Tests/LLMPerfTests/Fixtures/transcripts")

  static let rows: [Row] = {
    guard let table = try? JSON(parsing: Data(contentsOf: transcripts.appending(path: "expected.json"))) else {
      return []
    }
    return (table.arrayValue ?? []).compactMap { row in
      guard let api = row["api"]?.stringValue, ["anthropic", "cohere", "gemini"].contains(api) else { return nil }
      return Row(spec: api, row: row)
    }
  }()

  func makePlugin(_ spec: String) throws -> DeclarativeAPI {
    let file = Self.repository.appending(path: "Examples/specs/\(spec).yaml")
    let json = try YAMLDocument.parse(String(contentsOf: file, encoding: .utf8), file: "\(spec).yaml")
    return try DeclarativeAPI(spec: json, APIOptions(model: "m", apiKey: "secret"))
  }

  @Test
  func `has rows`() { #expect(Self.rows.count >= 10) }

  @Test(arguments: rows)
  func `reads a recorded response as its row says`(row: Row) throws {
    let wire = try Data(contentsOf: Self.transcripts.appending(path: row.testDescription + ".txt"))
    let response = RecordedResponse(wire: Array(wire))
    let sample = ResponseSample(row.testDescription, response, ResponseExpectation(row: row.row))
    try APIPluginConformance(makePlugin(row.spec), samples: [sample]).check()
  }

  @Test
  func `sends what the built-in protocol sends`() throws {
    let options = APIOptions(model: "m", apiKey: "secret")
    let declared = try makePlugin("anthropic").makeRequest(for: Prompt("Hi"))
    let builtIn = try AnthropicAPI(options).makeRequest(for: Prompt("Hi"))
    #expect(try JSON(parsing: declared.body) == JSON(parsing: builtIn.body))
    #expect(declared.path == builtIn.path)
    #expect(Set(declared.headers) == Set(builtIn.headers))
  }

  @Test
  func `reads the description that the guide shows`() throws {
    let article = "Sources/LLMPerf/Documentation.docc/AddAProtocol.md"
    let guide = try String(contentsOf: Self.repository.appending(path: article), encoding: .utf8)
    let block = try #require(guide.components(separatedBy: "```yaml\n").dropFirst().first)
    let yaml = try #require(block.components(separatedBy: "```").first)
    let spec = try YAMLDocument.parse(yaml, file: "guide")
    let sample = ResponseSample(
      "a stream",
      RecordedResponse(
        "data: {\"say\": \"Hi\"}\n\ndata: {\"done\": \"stop\", \"tokens\": {\"in\": 1, \"out\": 2}}\n\n"),
      ResponseExpectation(text: "Hi", finishReason: "stop", usage: TokenUsage(input: 1, output: 2), eventCount: 2))
    try APIPluginConformance(DeclarativeAPI(spec: spec, APIOptions(model: "m")), samples: [sample]).check()
    #expect(try DeclarativeAPI.keyVariables(of: spec) == ["ACME_API_KEY"])
  }
}
