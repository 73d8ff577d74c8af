import AcmePlugins
import Foundation
import LLMPerf
import LLMPerfTesting
import Testing

struct AcmeTests {
  @Test
  func `speaks Acme's protocol`() throws {
    let end = #"data: {"done": "stop", "tokens": {"in": 3, "out": 2}}"# + "\n\n"
    let usage = TokenUsage(input: 3, output: 2)
    let samples = [
      ResponseSample(
        "a stream", RecordedResponse("data: {\"say\": \"Hé\"}\n\ndata: {\"say\": \"🚀\"}\n\n" + end),
        ResponseExpectation(text: "Hé🚀", finishReason: "stop", usage: usage, eventCount: 3)),
      ResponseSample(
        "an empty answer", RecordedResponse(end), ResponseExpectation(finishReason: "stop", usage: usage)),
      ResponseSample(
        "a stream that was cut", RecordedResponse("data: {\"say\": \"Hi\"}\n\ndata: {\"sa", isComplete: false),
        ResponseExpectation(failure: .truncated, text: "Hi")),
      ResponseSample(
        "an error in the stream", RecordedResponse("data: {\"say\": \"Hi\"}\n\ndata: {\"fault\": \"full\"}\n\n"),
        ResponseExpectation(failure: .inBand, text: "Hi", message: "full")),
      ResponseSample(
        "an answer in one body", RecordedResponse(#"{"say": "Hi", "done": "stop"}"#),
        ResponseExpectation(text: "Hi", finishReason: "stop")),
      ResponseSample(
        "an error status", RecordedResponse(status: 503, #"{"fault": "closed"}"#),
        ResponseExpectation(failure: .httpStatus(503), message: "closed")),
    ]
    try APIPluginConformance(AcmeAPI(APIOptions(model: "m")), samples: samples).check()
  }

  @Test
  func `reads Acme's questions`() throws {
    try withFile("1\tWho?\n\n2\tWhere \"there\"?\n") { path in
      try DatasetPluginConformance(AcmeQuestions(DatasetOptions(path: path))).check(count: 2)
    }
    try withFile("1\tWho?\nno tab\n") { path in
      try DatasetPluginConformance(AcmeQuestions(DatasetOptions(path: path))).checkError(atLine: 2)
    }
  }

  @Test
  func `logs each request to the file that ACME_LOG names, and nothing without it`() throws {
    let options = SinkOptions(runName: "run", databasePath: "run.db")
    #expect(try AcmeLog(options) == nil)
    try withFile("") { path in
      var options = options
      options.environment = ["ACME_LOG": path]
      let log = try #require(try AcmeLog(options))
      var failed = RequestRecord(index: 1, dueAt: .start)
      failed.failure = RequestFailure(.reset, "gone")
      try log.receive([RequestRecord(index: 0, dueAt: .start), failed])
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "0 ok no token\n1 reset no token\n")
    }
  }

  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "acme-\(UUID()).tsv")
    try text.write(to: file, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(at: file) }
    try body(file.path)
  }
}
