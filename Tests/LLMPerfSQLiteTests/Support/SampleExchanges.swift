import Foundation
import LLMPerf
import LLMPerfTesting

/// Exchanges of every kind, as a transport leaves them.
enum SampleExchanges {
  /// What came of one request: the body in pieces that each came a millisecond after the other.
  static func exchange(
    _ index: Int, _ pieces: [[UInt8]], status: Int? = 200, isComplete: Bool = true, failure: RequestFailure? = nil
  ) -> FinishedExchange {
    let prompt = "prompt \(index)"
    let body =
      #"{"model": "m", "messages": [{"role": "user", "content": "\#(prompt)"}], "stream": true, "t": 0.70, "n": 12}"#
    var origin = RequestOrigin(index: index)
    origin.phase = index == 0 ? .warmup : .measured
    origin.promptLength = prompt.count
    origin.promptHash = .max - UInt64(index)
    origin.promptPrefixHash = UInt64(index)
    origin.promptTokens = index % 2 == 0 ? 5 : nil
    (origin.session, origin.turn) = (index / 2, index % 2)
    (origin.class, origin.stage) = (index % 3 == 0 ? "chat" : nil, index % 4 == 0 ? index / 4 : nil)
    let request = ScheduledRequest(origin, wire: Array(("HEAD" + body).utf8), bodyStart: 4)
    let start = Int64(index) * 10_000_000 + 123_456_789
    var exchange = FinishedExchange(request: request, dueAt: RunInstant(nanoseconds: start - 1))
    exchange.sentAt = RunInstant(nanoseconds: start)
    if index % 3 != 0 {
      exchange.connectStartedAt = RunInstant(nanoseconds: start - 300_001)
      exchange.connectedAt = RunInstant(nanoseconds: start - 100_003)
    }
    exchange.reusedConnection = index % 3 == 0
    exchange.retried = index % 5 == 1
    exchange.status = status
    exchange.isComplete = isComplete
    exchange.failure = failure
    exchange.kernelStamped = index % 2 == 0
    exchange.longestReadDelay = .nanoseconds(index * 1001)
    exchange.bytesSent = request.wire.count
    for (position, piece) in pieces.enumerated() {
      exchange.body += piece
      let at = RunInstant(nanoseconds: start + Int64(position + 1) * 1_000_003)
      exchange.arrivals.append(.init(end: exchange.body.count, at: at))
      exchange.headersAt = exchange.headersAt ?? at
    }
    exchange.bytesReceived = exchange.body.count + 100
    exchange.endedAt = RunInstant(nanoseconds: start + Int64(pieces.count + 1) * 1_000_003)
    return exchange
  }

  static func exchange(
    _ index: Int, _ texts: [String], status: Int? = 200, isComplete: Bool = true, failure: RequestFailure? = nil
  ) -> FinishedExchange {
    exchange(index, texts.map { Array($0.utf8) }, status: status, isComplete: isComplete, failure: failure)
  }

  /// An event with a delta of these members.
  static func delta(_ members: String) -> String {
    #"data: {"id":"x","choices":[{"index":0,"delta":{\#(members)},"finish_reason":null}]}"# + "\n\n"
  }

  /// An event with visible text.
  static func text(_ text: String) -> String {
    delta(#""content":"\#(text)""#)
  }

  private static let finish = #"data: {"choices":[{"delta":{},"finish_reason":"stop"}]}"# + "\n\n"
  private static let usage =
    #"data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":3,"#
    + #""prompt_tokens_details":{"cached_tokens":2}}}"# + "\n\n"
  private static let done = "data: [DONE]\n\n"

  /// One of each kind.
  static var all: [FinishedExchange] {
    let all = streams + plainAnswers + failures + oddities
    return all.enumerated().map { index, pieces in
      exchange(
        index, pieces.pieces, status: pieces.status, isComplete: pieces.failure == nil, failure: pieces.failure)
    }
  }

  private struct Sample {
    var pieces: [[UInt8]]
    var status: Int? = 200
    var failure: RequestFailure?

    init(_ pieces: [String], status: Int? = 200, failure: RequestFailure? = nil) {
      self.pieces = pieces.map { Array($0.utf8) }
      self.status = status
      self.failure = failure
    }
  }

  private static var streams: [Sample] {
    [
      Sample([delta(#""role":"assistant","content":"""#), text("Hel"), text("lo"), finish + usage + done]),
      Sample([
        delta(#""reasoning_content":"hm""#), delta(#""reasoning_content":" so""#), text("yes"), finish, usage, done,
      ]),
      // Counts event by event.
      Sample([
        #"data: {"choices":[{"delta":{"content":"one"}}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"# + "\n\n",
        #"data: {"choices":[{"delta":{"content":" 2 3"}}],"usage":{"prompt_tokens":3,"completion_tokens":3}}"# + "\n\n",
        finish, done,
      ]),
    ]
  }

  private static var plainAnswers: [Sample] {
    [
      Sample([
        #"{"choices":[{"message":{"content":"plain 😀"},"finish_reason":"stop"}],"#,
        #""usage":{"prompt_tokens":4,"completion_tokens":2}}"#,
      ])
    ]
  }

  private static var failures: [Sample] {
    [
      Sample(["Internal Server Error\r\nline two \u{0} end"], status: 500),
      Sample([], status: nil, failure: RequestFailure(.refused, "connection refused; really")),
      Sample([text("half"), "data: {\"choices\":[{\"del"], failure: RequestFailure(.readTimeout, "no byte for 1 s")),
      Sample([text("a"), "event: error\ndata: {\"error\":{\"message\":\"overloaded\",\"code\":529}}\n\n"]),
      Sample([""]),
      Sample(["<html>not JSON</html>"]),
    ]
  }

  private static var oddities: [Sample] {
    var illFormed = Sample([#"data: {"choices":[{"delta":{"content":"bad "#, "?", "\"}}]}\n\n", finish + done])
    illFormed.pieces[1] = [0xFF, 0xFE, 0x80]
    return [
      illFormed,
      Sample([
        "data: {\"choices\":\ndata: [{\"delta\":{\"content\":\"multi\"},\ndata: \"finish_reason\":\"stop\"}]}\n\n",
        done,
      ]),
      Sample([": ping\n\n", "event: extra\ndata: plain words\n\n", text("x"), finish, done]),
      Sample([text(#"\u0000 \u001f \ud83d\ude00 end"#), finish, done]),
    ]
  }

  /// Streams recorded from services that speak OpenAI's protocol, each with its name.
  static var recorded: [(name: String, exchange: FinishedExchange)] {
    get throws {
      let folder = Bundle.module.bundleURL.appending(path: "Fixtures/streams")
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      return try names.enumerated().map { index, name in
        let wire = Array(try Data(contentsOf: folder.appending(path: name)))
        let body = RecordedResponse(wire: wire).body
        let middle = body.count / 2
        return (name, exchange(index + 1, [Array(body[..<middle]), Array(body[middle...])]))
      }
    }
  }

  static func records(_ exchanges: [FinishedExchange]) throws -> [RequestRecord] {
    try ResponseAnalyzer(api: OpenAIAPI(APIOptions(model: "m"))).records(of: exchanges)
  }
}

extension RunDescription {
  static let sample = RunDescription(
    name: "a \"name\"", configuration: [("model", "m"), ("rate", .double(2.5)), ("headers", ["A": "b=c"])],
    model: "org/m",
    api: "openai", url: "http://localhost:8000/v1", load: .closedLoop(parallel: 4), expectedRequests: 14,
    seed: 9_007_199_254_740_993,
    wallClockStart: 1_700_000_000.25, version: "1.0.0", machine: [("processors", 2)], arguments: ["--model", "m"])
}
