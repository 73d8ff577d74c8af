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
  var isStream: Bool { row["stream"]?.boolValue == true }

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
  ///
  /// - Parameter isAsRecorded: Whether the body is the recorded one, so that its offsets count.
  func expect(_ seen: ResponseObservation, isAsRecorded: Bool = true, _ location: SourceLocation = #_sourceLocation) {
    var expectation = ResponseExpectation(row: row)
    if !isAsRecorded { expectation.firstTokenOffset = nil }
    #expect(expectation.mismatches(with: seen) == [], "\(file)", sourceLocation: location)
    #expect(seen.isStreamed == isStream, "\(file)", sourceLocation: location)
    if let status = row["errorStatus"]?.intValue {
      #expect(seen.failure?.message.hasPrefix("\(status)") == true, "\(file)", sourceLocation: location)
    }
  }
}
