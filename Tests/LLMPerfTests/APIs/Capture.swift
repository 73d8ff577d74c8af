import Foundation
import LLMPerf
import LLMPerfTesting
import Testing

/// A recorded response, with what it must be read as: one row of `expected.json`.
struct Capture: Sendable, CustomTestStringConvertible {
  let file: String
  let row: JSON
  let response: RecordedResponse

  var testDescription: String { file }
  var api: String { row["api"]?.stringValue ?? "" }
  var path: String { row["path"]?.stringValue ?? "" }
  var outcome: String { row["outcome"]?.stringValue ?? "" }

  static let folder = Bundle.module.bundleURL.appending(path: "Fixtures/transcripts")

  /// Every row whose capture is there.
  static let all: [Capture] = {
    guard let table = try? JSON(parsing: Data(contentsOf: folder.appending(path: "expected.json"))) else { return [] }
    return (table.arrayValue ?? []).compactMap { row in
      guard let file = row["file"]?.stringValue, let wire = try? Data(contentsOf: folder.appending(path: file + ".txt"))
      else { return nil }
      return Capture(file: file, row: row, response: RecordedResponse(wire: Array(wire)))
    }
  }()

  /// The rows of the protocols that are built in.
  static let builtIn = all.filter { capture in Plugins.builtIn.apis.contains { $0.name == capture.api } }

  /// The protocol that the request of this capture spoke.
  func makePlugin() throws -> any APIPlugin {
    try Plugins.builtIn.makeAPI(api, APIOptions(model: "m", path: path, template: row["template"]?.stringValue))
  }

  /// Compares what was read with the row.
  func expect(_ seen: ResponseObservation, _ location: SourceLocation = #_sourceLocation) {
    func check<Value: Equatable>(_ what: String, _ value: Value?, _ expected: Value?) {
      #expect(value == expected, "\(what) of \(file)", sourceLocation: location)
    }
    check("outcome", seen.failure?.code.description ?? "success", outcome)
    check("text", seen.text, row["text"]?.stringValue ?? "")
    check("reasoning", seen.reasoning, row["reasoning"]?.stringValue ?? "")
    check("finish reason", seen.finishReason, row["finishReason"]?.stringValue)
    check("streaming", seen.isStreamed, row["stream"]?.boolValue)
    check("a first token", seen.firstTokenOffset != nil, row["firstToken"]?.boolValue)
    if let events = row["events"]?.intValue, seen.isStreamed { check("events", seen.eventCount, events) }
    let usage = row["usage"]
    check("input tokens", seen.usage.input, usage?["input"]?.intValue)
    check("output tokens", seen.usage.output, usage?["output"]?.intValue)
    check("reasoning tokens", seen.usage.reasoning, usage?["reasoning"]?.intValue)
    check("cached tokens", seen.usage.cached, usage?["cached"]?.intValue)
    if let words = row["error"]?.stringValue {
      let oneLine = words.split(whereSeparator: \.isNewline).joined(separator: " ")
      #expect(seen.failure?.message.contains(oneLine) == true, "the error's text in \(file)", sourceLocation: location)
    }
    if let status = row["errorStatus"]?.intValue {
      #expect(seen.failure?.message.hasPrefix("\(status)") == true, "the error's status", sourceLocation: location)
    }
  }
}
