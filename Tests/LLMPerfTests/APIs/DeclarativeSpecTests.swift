import LLMPerf
import LLMPerfTesting
import Testing

struct DeclarativeSpecTests {
  static let good = #"""
    {"path": "/v1/ask", "headers": {"Authorization": "Bearer %k", "X-Model": "%m"}, "template": {"m": "%m", "q": "%p"},
     "stream": {"done": "[END]", "text": "/parts/*/text", "reasoning": "/parts/1/thought", "finish": {"at": "/why", "ignore": "null", "fail": ["bad"]},
                "usage": {"input": "/n/0", "output": {"sum": ["/n/1", "/n/2"]}}, "error": [{"event": "oops"}, "/err~1or"],
                "end": {"at": "/last", "equals": true}},
     "answer": {"text": "/text", "inputs": "/list"}}
    """#

  func plugin(_ text: String = good, key: String? = "key") throws -> DeclarativeAPI {
    try DeclarativeAPI(spec: JSON(text), APIOptions(model: "mm", apiKey: key), source: "acme.yaml")
  }

  @Test
  func `sends what the description says`() throws {
    let request = try plugin().makeRequest(for: Prompt("Hi"))
    #expect(request.path == "/v1/ask")
    #expect(request.headers[field: "authorization"] == "Bearer key")
    #expect(request.headers[field: "X-Model"] == "mm")
    #expect(try JSON(parsing: request.body) == ["m": "mm", "q": "Hi"])
    #expect(try plugin(key: nil).makeRequest(for: Prompt("Hi")).headers[field: "Authorization"] == nil)
  }

  @Test
  func `a description that names no marker of the end knows the usual one`() throws {
    let spec =
      #"{"path": "/", "template": {"q": "%p"}, "stream": {"text": "/t", "finish": "/why"}, "answer": {"text": "/t"}}"#
    let body = "data: {\"t\":\"a\",\"why\":\"stop\"}\n\ndata: [DONE]\n\n"
    let seen = try ResponseObservation(of: RecordedResponse(body), by: plugin(spec))
    #expect(seen.failure == nil)
    #expect(seen.eventCount == 1)
  }

  @Test
  func `finds values by their places`() throws {
    let samples = [
      ResponseSample(
        "a stream",
        RecordedResponse(
          #"data: {"parts":[{"text":"a"},{"thought":"b","text":"c"}],"n":[1,2,3],"why":"null"}"# + "\n\n"
            + #"data: {"parts":[{"text":"é😀"}],"last":false}"# + "\n\n"
            + #"data: {"why":"stop","last":true,"n":[4]}"# + "\n\ndata: [END]\n\n"),
        ResponseExpectation(
          text: "acé😀", reasoning: "b", finishReason: "stop", usage: TokenUsage(input: 4, output: 5), eventCount: 3)),
      ResponseSample(
        "an empty answer", RecordedResponse("data: {\"last\": true}\n\n"), ResponseExpectation(eventCount: 1)),
      ResponseSample(
        "an error by the event's name", RecordedResponse("event: oops\ndata: no JSON\n\n"),
        ResponseExpectation(failure: .inBand, message: "no JSON")),
      ResponseSample(
        "an error by its place", RecordedResponse("data: {\"err/or\": {\"message\": \"broken\"}}\n\n"),
        ResponseExpectation(failure: .inBand, message: "broken")),
      ResponseSample(
        "a bad end", RecordedResponse("data: {\"why\": \"bad\"}\n\n"),
        ResponseExpectation(failure: .inBand, finishReason: "bad", message: "bad")),
      ResponseSample(
        "one body", RecordedResponse(#"{"text": "Hi", "list": [1, [2]]}"#),
        ResponseExpectation(text: "Hi", inputCount: 2)),
      ResponseSample(
        "an error status", RecordedResponse(status: 429, #"{"error": {"message": "slow"}}"#),
        ResponseExpectation(failure: .httpStatus(429), message: "slow")),
    ]
    try APIPluginConformance(plugin(), samples: samples).check()
  }

  @Test(arguments: [
    ("[]", "must be a mapping"), (#"{"paht": "/v1"}"#, "unknown key paht; did you mean path?"),
    (#"{"path": "v1"}"#, "path must be the path"), (#"{"path": "/v1"}"#, "template is missing"),
    (#"{"path": "/v1", "template": "{"}"#, "template is \"{\", but must be a mapping"),
    (#"{"path": "/v1", "template": {}}"#, "needs stream or answer"),
    (#"{"path": "/v1", "template": {}, "stream": {"txt": "/a"}}"#, "unknown key txt in stream; did you mean text?"),
    (#"{"path": "/v1", "template": {}, "stream": {"text": "a"}}"#, "stream.text is \"a\", but must be a JSON pointer"),
    (#"{"path": "/v1", "template": {}, "stream": {"text": {"event": "x"}}}"#, "stream.text.at is missing"),
    (#"{"path": "/v1", "template": {}, "stream": {"usage": {"input": {"summ": "/a"}}}}"#, "did you mean sum?"),
    (#"{"path": "/v1", "template": {}, "stream": {"cumulative": "yes"}}"#, "must be true or false"),
    (#"{"path": "/v1", "template": {}, "headers": ["a"], "stream": {}}"#, "headers is [\"a\"], but must be a mapping"),
  ])
  func `names what is wrong with a description`(text: String, words: String) throws {
    let error = try #require(throws: UsageError.self) { try plugin(text) }
    #expect(error.message.hasPrefix("acme.yaml") || error.message.contains("stream"), "\(error.message)")
    #expect(error.message.contains(words), "\(error.message)")
  }
}
