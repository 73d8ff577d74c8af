import FuzzShared
import Glibc
import LLMPerf
import LLMPerfExport
import LLMPerfLock

@testable import LLMPerfSimulator
@testable import LLMPerfWire

/// The inputs, the servers they go to, and what is expected of them.
final class RequestFuzz {
  private let campaign: Campaign
  private var mutation: Mutation
  private var router: Router
  private let dashboard: DashboardSink
  private let metrics: PrometheusExporter
  private let simulator: Simulator
  private let ports: [UInt16]
  private var counts = (requests: 0, answers: 0, connections: 0)
  private let clock = MonotonicClock(origin: 0)

  private static let mostSteps = 200

  init(_ campaign: Campaign) throws {
    self.campaign = campaign
    mutation = Mutation(seed: campaign.seed, seeds: Self.seeds, words: Self.words)
    router = SimulatedService(Self.configuration, ServerCounters()).makeRouter()
    dashboard = try DashboardSink(ListenAddress("0", option: ""), inFlight: { 1 })
    metrics = try PrometheusExporter(ListenAddress("0", option: ""), inFlight: { 1 })
    simulator = try Simulator.start(Self.configuration)
    ports = try [dashboard.url, metrics.url, simulator.url].map { try ServiceAddress($0).port }
  }

  private static var configuration: SimulatorConfiguration {
    var configuration = SimulatorConfiguration()
    configuration.makeNull()
    return configuration
  }

  func run() -> Never {
    while campaign.goesOn {
      let input = mutation.next()
      campaign.tries(input)
      let whole = parse(input, by: input.count + 1)
      let cut = parse(input, by: 1 + mutation.draw(below: 40))
      if whole.status != cut.status || !whole.requests.elementsEqual(cut.requests, by: Self.areSame) {
        campaign.fail("read otherwise when cut")
      }
      for request in whole.requests { answer(request) }
      if campaign.inputs % 8 == 0 { send(input, to: ports[campaign.inputs / 8 % ports.count]) }
      if campaign.inputs % 4096 == 0 { checkServers() }
    }
    checkServers()
    campaign.finish(
      "\(counts.requests) requests, \(counts.answers) bytes of answers, \(counts.connections) connections")
  }

  private func parse(_ input: [UInt8], by size: Int) -> (requests: [ServerRequest], status: Int) {
    var parser = RequestParser(maximumHead: 16 << 10, maximumBody: 64 << 10)
    var requests: [ServerRequest] = []
    var status = 0
    do {
      for start in stride(from: 0, to: input.count, by: size) {
        Array(input[start..<min(start + size, input.count)]).withUnsafeBytes { parser.append($0) }
        while let request = try parser.next() { requests.append(request) }
        if parser.unreadCount > 256 << 10 { campaign.fail("\(parser.unreadCount) bytes are kept") }
      }
    } catch {
      status = error.status
    }
    return (requests, status)
  }

  private static func areSame(_ left: ServerRequest, _ right: ServerRequest) -> Bool {
    left.method == right.method && left.path == right.path && left.query == right.query
      && left.isHTTP11 == right.isHTTP11 && left.keepsAlive == right.keepsAlive && left.body == right.body
  }

  /// Has the simulator answer, some steps far.
  private func answer(_ request: ServerRequest) {
    counts.requests += 1
    switch router.response(to: request) {
    case .whole(let response): counts.answers += response.body.count
    case .stream(let stream):
      var writer = ResponseWriter()
      writer.start(isHTTP11: request.isHTTP11, keepsAlive: true, isOpen: false)
      var now = clock.now.nanoseconds
      for _ in 0..<Self.mostSteps {
        let before = writer.bytes.count
        let step = stream.advance(&writer, at: now)
        counts.answers += writer.bytes.count - before
        guard case .at(let next) = step else {
          if step == .soon { continue }
          break
        }
        now = max(now, next)
      }
      stream.ended(isAborted: true)
    }
  }

  /// Sends the input to a port and reads what comes until the connection ends.
  private func send(_ input: [UInt8], to port: UInt16) {
    counts.connections += 1
    let socket = Connection(port: port)
    socket.send(input)
    socket.finish()
    counts.answers += socket.readToEnd(milliseconds: 3000).count
    if !socket.hasEnded {
      campaign.fail("port \(port) keeps a connection whose client has ended")
    }
  }

  /// Every server still answers.
  private func checkServers() {
    for (port, path) in zip(ports, ["/", "/metrics", "/v1/models"]) {
      let socket = Connection(port: port)
      socket.send(Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".utf8))
      let answer = socket.readToEnd(milliseconds: 5000)
      if !answer.starts(with: Array("HTTP/1.1 200 OK\r\n".utf8)) {
        campaign.fail("port \(port) answers no more: \(String(decoding: answer.prefix(80), as: UTF8.self))")
      }
    }
  }

  private static let seeds: [String] =
    [
      "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "GET /?token=0123456789abcdef HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n",
      "GET /events HTTP/1.1\r\nHost: [::1]:1\r\nAccept: text/event-stream\r\n\r\n",
      "GET /metrics HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "HEAD /v1/models HTTP/1.1\r\nHost: localhost\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nTrailer: 1\r\nOther: 2\r\n\r\n",
      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
    ]
    + bodies.map { path, body in
      "POST \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer k\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }
    + bodies.map { path, body in
      "POST \(path) HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
        + "\(String(body.utf8.count, radix: 16))\r\n\(body)\r\n0\r\n\r\n"
    }

  private static let chat = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"max_tokens":5,"stream":true}"#
  private static let bodies = [
    ("/v1/chat/completions", chat), ("/v1/messages", chat), ("/api/paas/v4/chat/completions", chat),
    (
      "/v1/chat/completions",
      #"{"messages":[{"role":"user","content":[{"type":"text","text":"a"}]}],"n":2,"stream":false,"stream_options":{"include_usage":true},"min_tokens":1,"max_completion_tokens":9,"ignore_eos":true,"temperature":0.5}"#
    ),
    ("/v1/completions", #"{"model":"m","prompt":["a","b"],"max_tokens":3,"stream":true}"#),
    ("/v1/responses", #"{"model":"m","input":[{"role":"user","content":"x"}],"max_output_tokens":4,"stream":true}"#),
    ("/v1/embeddings", #"{"model":"m","input":["a",[1,2,3]],"dimensions":8,"encoding_format":"base64"}"#),
    ("/v1/rerank", #"{"model":"m","query":"q","documents":["a",{"text":"b"}],"top_n":1}"#),
    (
      "/api/v1/services/aigc/text-generation/generation",
      #"{"model":"m","input":{"messages":[{"role":"user","content":"x"}]},"parameters":{"max_tokens":4,"incremental_output":true}}"#
    ),
    ("/api/paas/v3/model-api/m/sse-invoke", #"{"prompt":[{"role":"user","content":"x"}],"incremental":true}"#),
  ]

  private static let words = [
    "\r\n", "\n", "\r\n\r\n", "\0", " ", "\t", "Content-Length: 5\r\n", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n",
    "Connection: close\r\n", "Host: evil.example\r\n", "HTTP/1.1", "GET http://x/y HTTP/1.1", "%00", "%", "?", "&", "=",
    "\u{FF}", "\u{1B}[31m", "null", "true", "{", "}", "[", "]", "\"", "\\u0000", "\\ud800", "[[[[[[[[",
  ]
}
