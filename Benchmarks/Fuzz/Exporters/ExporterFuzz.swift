import FuzzShared
import Glibc
import LLMPerf
import LLMPerfWire

@testable import LLMPerfExport

/// The inputs, the clients that read them, and what is expected of these.
final class ExporterFuzz {
  private let campaign: Campaign
  private var mutation: Mutation
  private let service: AnsweringPort
  private let wandb: WandBService
  private let mlflow: MLflowService
  private let otlp: FetchClient
  private let metrics: HTTPAddress
  private let described: RunDescription
  private let wandbRun: WandBRun
  private var counts = (answers: 0, calls: 0, taken: 0)
  private let clock = MonotonicClock(origin: 0)

  private static let timeout = Duration.milliseconds(200)

  init(_ campaign: Campaign) throws {
    self.campaign = campaign
    mutation = Mutation(seed: campaign.seed, seeds: Self.seeds, words: Self.words)
    service = try AnsweringPort()
    described = RunDescription(
      name: "fuzz", configuration: [], model: "m", api: "openai", url: "http://h", load: .closedLoop(parallel: 1),
      expectedRequests: 1, seed: 1, wallClockStart: 1_795_490_000, version: "1", machine: [], arguments: [])
    let url = "http://127.0.0.1:\(service.port)"
    guard
      let options = try WandBOptions(
        mode: "online", key: String(repeating: "k", count: 40), baseURL: url, entity: nil, project: nil,
        environment: [:])
    else { throw UsageError("no options") }
    wandb = WandBService(options, version: "1", timeout: Self.timeout, firstTimeout: Self.timeout)
    wandbRun = WandBRun(id: "abcdefgh", options: options, described)
    var tracking = try MLflowOptions(uri: url, experiment: nil, environment: [:])
    tracking.timeout = Self.timeout
    mlflow = MLflowService(tracking, version: "1")
    metrics = try HTTPAddress(url + "/v1/metrics")
    otlp = FetchClient(connectTimeout: Self.timeout, timeout: Self.timeout)
  }

  func run() -> Never {
    while campaign.goesOn {
      let input = mutation.next()
      campaign.tries(input)
      compareCuts(input)
      if campaign.inputs % 8 == 0 { call(input) }
    }
    service.stop()
    campaign.finish(
      "\(counts.answers) whole answers, \(counts.calls) calls, \(counts.taken) of them taken for successes")
  }

  private func compareCuts(_ input: [UInt8]) {
    let whole = parse(input, by: input.count + 1)
    // Not more than some hundred pieces, each of which is looked through.
    let cut = parse(input, by: max(1 + mutation.draw(below: 40), input.count / 500))
    if whole != nil { counts.answers += 1 }
    if whole != cut { campaign.fail("read otherwise when cut") }
  }

  /// What an answer says.
  private struct Answer: Equatable {
    var status: Int
    var names: [String]
    var values: [String]
    var body: [UInt8]
  }

  /// What the input says; nil when it is no answer.
  private func parse(_ input: [UInt8], by size: Int) -> Answer? {
    var parser = FetchReading()
    do throws(FetchFailure) {
      for start in stride(from: 0, to: input.count, by: size) where !parser.isComplete {
        try parser.feed(input[start..<min(start + size, input.count)])
      }
      if !parser.isComplete { try parser.end() }
    } catch {
      return nil
    }
    let response = parser.response
    return Answer(
      status: response.status, names: response.headers.map(\.name), values: response.headers.map(\.value),
      body: response.body)
  }

  /// Has each client make a call that the input answers.
  private func call(_ input: [UInt8]) {
    service.answer = input
    let started = clock.now.nanoseconds
    counts.calls += 1
    let location = WandBService.Location(entity: "e", project: "p", run: "r")
    let made = MLflowService.Run(id: "1", experiment: "2", artifactURI: "mlflow-artifacts:/x")
    let file = ExportedFile(name: "a.txt", contentType: "text/plain", bytes: [1])
    do throws(ServiceFailure) {
      switch counts.calls % 9 {
      case 0: check([try wandb.create(wandbRun).run], isOneLine: false)
      case 1:
        let wait = try wandb.stream(Array("{}".utf8), to: location).quotaWait
        if let wait, wait < .zero || wait > .seconds(60) { campaign.fail("waits \(wait)") }
      case 2:
        let (addresses, headers) = try wandb.uploadAddresses(for: ["a.txt"], of: location)
        for (name, value) in headers where (name + value).contains(where: \.isNewline) { campaign.fail("headers") }
        for url in addresses.values {
          try wandb.put(file, at: "http://127.0.0.1:\(service.port)/" + url, headers: headers)
        }
      case 3: _ = try mlflow.experiment()
      case 4: _ = try mlflow.create("n", in: "1", at: 1, tags: [], mark: "m", isRepeated: counts.calls % 2 == 0)
      case 5: try mlflow.log(made, metrics: [.init(key: "k", value: 1, at: 1, step: 1)])
      case 6: _ = try mlflow.put(file, to: made)
      case 7: try mlflow.end(made, status: "FINISHED", at: 1)
      default:
        do throws(FetchFailure) {
          check([try otlp.send(FetchRequest("POST", metrics, body: [1])).sample])
        } catch {
          throw ServiceFailure.unreachable(error.description)
        }
      }
      counts.taken += 1
    } catch {
      switch error {
      case .unreachable(let reason), .final(let reason): check([reason])
      case .passing(let reason, let retryAfter):
        check([reason])
        let wait = RetryPolicy().wait(afterFailures: 3, retryAfter: retryAfter, random: 0.5)
        if wait < .zero || wait > .seconds(600) { campaign.fail("waits \(wait)") }
      }
    }
    // Two exchanges at most, and the machine may be busy.
    if clock.now.nanoseconds - started > 4 * Self.timeout.wholeNanoseconds + 2_000_000_000 {
      campaign.fail("took too long")
    }
  }

  private func check(_ texts: [String], isOneLine: Bool = true) {
    for text in texts where text.utf8.count > 8000 || isOneLine && text.unicodeScalars.contains(where: \.isObeyed) {
      campaign.fail("tells the user what it should not: \(text.prefix(200).debugDescription)")
    }
  }

  private static func http(_ body: String, _ status: String = "200 OK", _ headers: String = "") -> String {
    "HTTP/1.1 \(status)\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
  }

  private static let bodies = [
    #"{"data":{"upsertBucket":{"bucket":{"id":"x","name":"n","displayName":"d","historyLineCount":0,"project":{"name":"p","entity":{"name":"e"}}},"inserted":true}}}"#,
    #"{"data":{"createRunFiles":{"runID":"r","uploadHeaders":["X-A: 1","b:c"],"files":[{"name":"a.txt","uploadUrl":"x?Signature=y&Expires=1"}]}}}"#,
    #"{"exitcode":null,"limits":{"rate_limit_seconds":1},"stopped":false}"#,
    #"{"errors":[{"message":"no","path":["x"]}]}"#,
    #"{"experiment":{"experiment_id":"1","name":"n","lifecycle_stage":"active"}}"#, #"{"experiment_id":"1"}"#,
    #"{"run":{"info":{"run_id":"1","experiment_id":"1","artifact_uri":"mlflow-artifacts:/1/2/artifacts"}}}"#,
    #"{"runs":[{"info":{"run_id":"1","artifact_uri":"x"}}]}"#,
    #"{"error_code":"RESOURCE_ALREADY_EXISTS","message":"there"}"#, "{}", "null", "[1,2]",
  ]

  private static let seeds: [String] =
    bodies.map { http($0) }
    + bodies.map { http($0, "200 OK", "RateLimit-Remaining: 0\r\nRateLimit-Reset: 5\r\nRateLimit-Limit: 1\r\n") }
    + bodies.prefix(4).flatMap { body in
      ["401 Unauthorized", "404 Not Found", "409 Conflict", "429 Too Many", "503 Busy", "307 Moved"].map {
        http(body, $0, "Retry-After: 1\r\nLocation: http://127.0.0.1:1/\r\n")
      }
    }
    + bodies.map {
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(String($0.utf8.count, radix: 16));x=y\r\n\($0)\r\n0\r\nT: 1\r\n\r\n"
    }
    + [
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}", "HTTP/1.0 204 None\r\n\r\n",
      "HTTP/1.1 200 OK\r\n\r\n{\"a\":1}",
    ]

  private static let words = [
    "\r\n", "\n", "\r\n\r\n", "\0", " ", "HTTP/1.1 100 Continue\r\n\r\n", "Content-Length: 3\r\n",
    "Retry-After: nan\r\n",
    "RateLimit-Reset: nan\r\n", "RateLimit-Remaining: 0\r\n", "Transfer-Encoding: chunked\r\n", "null", "true", "{",
    "}",
    "[", "]", "\"", "\\u0000", "\\ud800", "[[[[[[[[", "\u{1B}[31m", "\u{9B}", "\u{202E}", "\u{301}", "\\r\\nX: y",
  ]
}
