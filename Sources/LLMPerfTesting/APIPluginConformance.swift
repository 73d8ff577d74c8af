public import LLMPerf

/// Proves that a protocol does what the tool relies on.
///
/// ```swift
/// @Test func `speaks Acme's protocol`() throws {
///   let plugin = try AcmeAPI(APIOptions(model: "m"))
///   try APIPluginConformance(plugin, samples: [
///     ResponseSample("an answer", RecordedResponse("data: {\"t\": \"Hi\"}\n\ndata: {\"end\": true}\n\n"),
///       ResponseExpectation(text: "Hi")),
///   ]).check()
/// }
/// ```
///
/// Give at least a stream, an answer in one body, an empty answer, an error before and one inside a stream, text beyond
/// ASCII, and token counts, as far as the service has them.
public struct APIPluginConformance: Sendable {
  private let plugin: any APIPlugin
  private let samples: [ResponseSample]

  /// A suite for `plugin`, which must read `samples` as they say.
  public init(_ plugin: any APIPlugin, samples: [ResponseSample]) {
    self.plugin = plugin
    self.samples = samples
  }

  /// Runs every check.
  ///
  /// - Throws: `ConformanceFailure` with everything that was found.
  public func check() throws {
    var findings = Findings()
    for sample in samples { try check(sample, &findings) }
    try checkRequests(&findings)
    try checkNonsense(&findings)
    try findings.report()
  }

  private func check(_ sample: ResponseSample, _ findings: inout Findings) throws {
    let seen = try ResponseObservation(of: sample.response, by: plugin)
    for mismatch in sample.expectation.mismatches(with: seen) { findings.note("\(sample.name): \(mismatch)") }
    guard seen.isStreamed else { return }
    try checkFraming(sample, &findings)
    checkStamps(sample, seen, &findings)
    try checkCuts(sample, seen, &findings)
  }

  /// How lines end, and comments between them, must change nothing.
  private func checkFraming(_ sample: ResponseSample, _ findings: inout Findings) throws {
    let lines = sample.response.body.split(separator: 0x0A, omittingEmptySubsequences: false).map { line in
      line.last == 0x0D ? line.dropLast() : line
    }
    for (name, end) in [("CRLF", "\r\n"), ("CR", "\r"), ("comments and LF", "\n:\n")] {
      var other = sample.response
      var expectation = sample.expectation
      expectation.firstTokenOffset = nil
      other.body = Array(lines.joined(separator: Array(end.utf8)))
      let seen = try ResponseObservation(of: other, by: plugin)
      for mismatch in expectation.mismatches(with: seen) {
        findings.note("\(sample.name), with \(name) between its lines: \(mismatch)")
      }
    }
  }

  /// Each byte came by itself: an event with output is stamped when its last line is complete.
  private func checkStamps(_ sample: ResponseSample, _ seen: ResponseObservation, _ findings: inout Findings) {
    let body = sample.response.body
    for offset in seen.tokenOffsets {
      let isLineEnd = offset == body.count || (1...body.count ~= offset && [0x0A, 0x0D].contains(body[offset - 1]))
      if !isLineEnd { findings.note("\(sample.name): output is stamped at byte \(offset), inside a line") }
    }
    if seen.tokenOffsets != seen.tokenOffsets.sorted() { findings.note("\(sample.name): stamps go back in time") }
  }

  /// A stream may end anywhere. What came before stays what it was, and only a proven end is a success.
  private func checkCuts(
    _ sample: ResponseSample, _ whole: ResponseObservation, _ findings: inout Findings
  ) throws {
    var sawSuccess = false
    for length in 0..<sample.response.body.count {
      var cut = sample.response
      cut.body = Array(cut.body.prefix(length))
      cut.isComplete = false
      let seen = try ResponseObservation(of: cut, by: plugin)
      if seen.failure == nil {
        sawSuccess = true
      } else if sawSuccess, seen.failure?.code == .truncated {
        findings.note("\(sample.name): cut after \(length) bytes it is truncated, though it had ended before")
      }
      if let early = seen.firstTokenOffset, early != length, early != whole.firstTokenOffset {
        findings.note("\(sample.name): cut after \(length) bytes its first output is at byte \(early)")
      }
    }
  }

  /// Requests must carry any prompt whole, and be the same alone and together.
  private func checkRequests(_ findings: inout Findings) throws {
    let texts = [
      "Hi", "\"quotes\" \\ and\nlines\tand \u{1} control", "héllo 你好 🧑‍🚀 \u{2028}", "%m %p",
      String(repeating: "word ", count: 4_000),
    ]
    let prompts = texts.map { Prompt($0) }
    let requests = try plugin.makeRequests(for: prompts)
    if requests.count != prompts.count {
      findings.note("makeRequests(for:) gave \(requests.count) requests for \(prompts.count) prompts")
    }
    for (prompt, request) in zip(prompts, requests) {
      let start = String(prompt.text.prefix(12))
      guard let json = try? JSON(parsing: request.body) else {
        findings.note("the body for the prompt \"\(start)\" is not JSON")
        continue
      }
      if !json.contains(prompt.text) { findings.note("the body does not hold the prompt \"\(start)\" as it is") }
      let names = request.headers.map { $0.name.lowercased() }
      if Set(names).count != names.count { findings.note("a header field stands in the request twice") }
    }
  }

  /// Bytes of no protocol must neither crash nor count as a success.
  private func checkNonsense(_ findings: inout Findings) throws {
    let bodies = [
      "", "\n\n", "null", "[]", "{", "<html></html>", "data:\n\n", "data: {\n\n", "data: null\n\n", "\u{0}",
    ]
    for body in bodies {
      let seen = try ResponseObservation(of: RecordedResponse(body), by: plugin)
      if seen.failure == nil { findings.note("a response of nothing but \(JSON.string(body)) counts as a success") }
      let failed = try ResponseObservation(of: RecordedResponse(status: 500, body), by: plugin)
      if failed.failure?.code != .httpStatus(500) { findings.note("status 500 does not count as a failure by status") }
    }
  }
}

extension JSON {
  /// Whether some string in the value has `text` in it.
  fileprivate func contains(_ text: String) -> Bool {
    switch self {
    case .string(let value): value.utf8.count >= text.utf8.count && (value == text || value.containsBytes(of: text))
    case .array(let elements): elements.contains { $0.contains(text) }
    case .object(let members): members.contains { $0.value.contains(text) }
    case .null, .bool, .number: false
    }
  }
}

extension String {
  fileprivate func containsBytes(of text: String) -> Bool {
    var rest = utf8[...]
    while rest.count >= text.utf8.count {
      if rest.starts(with: text.utf8) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
