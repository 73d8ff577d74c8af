import Foundation
import LLMPerf
import LLMPerfTesting
import Testing

struct CaptureTests {
  @Test(arguments: Capture.builtIn)
  func `reads a recorded response as its row says`(capture: Capture) throws {
    capture.expect(try ResponseObservation(of: capture.response, by: capture.makePlugin()))
  }

  @Test
  func `has a row for every capture and a capture for every row`() throws {
    let files = try FileManager.default.subpathsOfDirectory(atPath: Capture.folder.path)
      .filter { $0.hasSuffix(".txt") }.map { String($0.dropLast(4)) }
    #expect(files.count > 100)
    #expect(Set(files) == Set(Capture.all.map(\.file)))
  }

  /// How the lines of a stream end, and comments between its events, change nothing.
  @Test(arguments: Capture.builtIn.filter(\.isStream))
  func `reads a stream the same with other line ends and with comments`(capture: Capture) throws {
    let plugin = try capture.makePlugin()
    let text = String(decoding: capture.response.body, as: UTF8.self)
    let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for end in ["\n", "\r\n", "\r"] {
      for pings in [false, true] {
        var other = capture.response
        other.body = Array(lines.joined(separator: end).utf8)
        if pings { other.body = Array(lines.joined(separator: end + ":" + end).utf8) }
        capture.expect(try ResponseObservation(of: other, by: plugin), isAsRecorded: false)
      }
    }
  }

  /// A response that ends anywhere is no success unless its end was proven, and never brings other text.
  @Test(arguments: Capture.builtIn)
  func `reads any beginning of a response without inventing anything`(capture: Capture) throws {
    let plugin = try capture.makePlugin()
    let whole = try ResponseObservation(of: capture.response, by: plugin)
    var sawProof = false
    for length in stride(from: 0, through: capture.response.body.count, by: 7) {
      var cut = capture.response
      cut.body = Array(cut.body.prefix(length))
      cut.isComplete = false
      let seen = try ResponseObservation(of: cut, by: plugin)
      let isBeginning = whole.text.utf8.starts(with: seen.text.utf8.prefix { $0 != 0xEF })
      #expect(isBeginning, "text after \(length) bytes")
      // The last line may lack its end; plain text is taken even when it is cut.
      if !capture.path.contains("/v3/"), let first = whole.firstTokenOffset, length < first - 2 {
        #expect(seen.firstTokenOffset == nil, "a first token after \(length) bytes")
      }
      let code = seen.failure?.code.description ?? "success"
      #expect(["success", "truncated", "in-band-error", capture.outcome].contains(code), "after \(length) bytes")
      if code == "success" {
        sawProof = true
      } else if code == "truncated" {
        #expect(!sawProof, "after \(length) bytes")
      }
    }
  }
}
