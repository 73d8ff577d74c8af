import LLMPerf
import LLMPerfLock
import LLMPerfTesting
import Testing

/// The suites find what they are there to find.
struct ConformanceTests {
  @Test(arguments: ["openai", "openai-responses", "anthropic", "dashscope", "zhipu"])
  func `passes the built-in protocols with their recorded responses`(api: String) throws {
    let captures = Capture.builtIn.filter { $0.api == api && !$0.path.contains("/v3/") && $0.response.status != nil }
    for capture in captures.sorted(by: { $0.response.body.count < $1.response.body.count }).prefix(2) {
      let sample = ResponseSample(capture.file, capture.response, ResponseExpectation(row: capture.row))
      let plugin = try Plugins.builtIn.makeAPI(api, APIOptions(model: "m", path: capture.path))
      try APIPluginConformance(plugin, samples: [sample]).check()
    }
  }

  @Test(arguments: ["openai-embeddings", "rerank"])
  func `passes the protocols without a stream`(api: String) throws {
    let sample = ResponseSample(
      "one result", RecordedResponse(#"{"data": [{}]}"#), ResponseExpectation(inputCount: 1))
    try APIPluginConformance(Plugins.builtIn.makeAPI(api, APIOptions(model: "m")), samples: [sample]).check()
  }

  /// A protocol with one fault.
  struct Faulty: APIPlugin {
    enum Fault: CaseIterable, Sendable { case roleIsOutput, losesPrompt, brokenJSON, trustsAnything, twoHeaders, drops }
    let fault: Fault

    func makeRequest(for prompt: Prompt) throws -> APIRequest {
      let text = fault == .losesPrompt ? "x" : prompt.text
      let body =
        fault == .brokenJSON ? Array("{\"p\": \"\(text)\"}".utf8) : JSON.object([.init("p", .string(text))]).utf8()
      let header = HTTPHeader("A", "b")
      return APIRequest(headers: fault == .twoHeaders ? [header, HTTPHeader("a", "c")] : [header], body: body)
    }

    func makeRequests(for prompts: [Prompt]) throws -> [APIRequest] {
      try prompts.dropFirst(fault == .drops ? 1 : 0).map { try makeRequest(for: $0) }
    }

    func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
      guard let json = try? JSON(parsing: event.data) else { return .bookkeeping }
      reading.finishReason = json["end"]?.stringValue ?? reading.finishReason
      let text = json["t"]?.stringValue
      reading.text += Array((text ?? "").utf8)
      if fault == .roleIsOutput, json["role"] != nil { return .output }
      return text == nil ? .bookkeeping : .output
    }

    func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) {
      if fault == .trustsAnything { reading.finishReason = "stop" }
    }
  }

  @Test(arguments: Faulty.Fault.allCases)
  func `finds a fault of a protocol`(fault: Faulty.Fault) {
    let sample = ResponseSample(
      "a stream", RecordedResponse("data: {\"role\": \"a\"}\n\ndata: {\"t\": \"Hi\"}\n\ndata: {\"end\": \"stop\"}\n\n"),
      ResponseExpectation(text: "Hi", finishReason: "stop", firstTokenOffset: 39))
    #expect(throws: ConformanceFailure.self) {
      try APIPluginConformance(Faulty(fault: fault), samples: [sample]).check()
    }
  }

  @Test
  func `finds a protocol that takes an error for an answer`() {
    let sample = ResponseSample(
      "an error", RecordedResponse("data: {\"error\": \"x\"}\n\ndata: {\"end\": \"stop\"}\n\n"),
      ResponseExpectation(failure: .inBand, finishReason: "stop"))
    #expect(throws: ConformanceFailure.self) {
      try APIPluginConformance(Faulty(fault: .drops), samples: [sample]).check()
    }
  }

  /// A data set whose passes share one place, or which says nothing of lines.
  final class FaultyData: DatasetPlugin {
    private let place = Lock(0)
    let shares: Bool

    init(shares: Bool) { self.shares = shares }

    func makeReader() throws -> any PromptReader { Reader(data: self) }

    struct Reader: PromptReader {
      let data: FaultyData
      var own = 0

      mutating func next() throws -> Prompt? {
        let place = data.shares ? data.place.withLock { place in (place, place += 1).0 } : own
        own += 1
        if !data.shares, place == 1 { throw UsageError("bad data") }
        return place < 3 ? Prompt("\(place)") : nil
      }
    }
  }

  @Test
  func `finds passes that share their place, and errors without a line`() {
    #expect(throws: ConformanceFailure.self) { try DatasetPluginConformance(FaultyData(shares: true)).check() }
    #expect(throws: ConformanceFailure.self) {
      try DatasetPluginConformance(FaultyData(shares: false)).checkError(atLine: 2)
    }
    #expect(throws: ConformanceFailure.self) {
      try DatasetPluginConformance(FaultyData(shares: true)).checkError(atLine: 2)
    }
  }

  @Test
  func `takes a response apart as it came over the wire`() {
    let chunked = RecordedResponse(
      wire: Array(
        "HTTP/1.1 529 \r\nTransfer-Encoding: chunked\r\nX: a:b \r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n"
          .utf8))
    #expect(chunked.status == 529)
    #expect(chunked.headers[field: "x"] == "a:b")
    #expect(chunked.body == Array("abc0123456789".utf8))
    #expect(chunked.isComplete)
    let cut = RecordedResponse(wire: Array("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab".utf8))
    #expect(cut.body == Array("ab".utf8) && !cut.isComplete)
    let short = RecordedResponse(wire: Array("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab".utf8))
    #expect(short.body == Array("ab".utf8) && !short.isComplete)
    let closed = RecordedResponse(wire: Array("HTTP/1.0 200 OK\r\n\r\nab".utf8))
    #expect(closed.body == Array("ab".utf8) && closed.isComplete)
    #expect(RecordedResponse(wire: []).status == nil)
  }
}
