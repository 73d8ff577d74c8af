import LLMPerf
import LLMPerfSimulator
import Testing

@testable import LLMPerfWire

struct StampTests {
  /// One row of the simulator's truth: nanoseconds of the monotonic clock.
  private struct Truth {
    let arrival: Int64
    let firstToken: Int64
    let lastToken: Int64

    init?(_ line: Substring) {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false)
      guard fields.count > 4, let arrival = Int64(fields[1]), let first = Int64(fields[3]), let last = Int64(fields[4])
      else { return nil }
      (self.arrival, firstToken, lastToken) = (arrival, first, last)
    }
  }

  @Test
  func `times to the first token are the kernel's and never below the truth`() throws {
    var configuration = SimulatorConfiguration()
    configuration.ttft = RandomVariable(.fixed(4e6))
    configuration.itl = RandomVariable(.fixed(1e6))
    configuration.outputTokens = RandomVariable(.fixed(6))
    let simulator = try Simulator.start(configuration)
    defer { _ = try? simulator.stop() }
    let address = try ServiceAddress(simulator.url)
    let body = #"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true}"#
    let request = APIRequest(path: "/v1/chat/completions", headers: [], body: Array(body.utf8))
    // One after the other, so that the rows of the truth are in the requests' order.
    let exchanges = try Sending(requests: 25, wire: request.wire(to: address).bytes).run(to: simulator.url)
    let records = try ResponseAnalyzer(api: OpenAIAPI(APIOptions(model: "m"))).records(of: exchanges)
    let truth = try readTruth(simulator.url)
    try #require(truth.count == 25)
    for (record, truth) in zip(records, truth) {
      let first = try #require(record.timeToFirstToken)
      let latency = try #require(record.latency)
      #expect(record.succeeded)
      #expect(record.tokenEventTimes.count == 6)
      #expect(first.wholeNanoseconds >= truth.firstToken - truth.arrival)
      #expect(latency.wholeNanoseconds >= truth.lastToken - truth.arrival)
    }
    #expect(records.allSatisfy { $0.kernelStamped })
    let builder = SummaryBuilder()
    builder.receive(records)
    #expect(try builder.summary().client.kernelStampedShare == 1)
  }

  private func readTruth(_ url: String) throws -> [Truth] {
    let wire = Array("GET /__truth HTTP/1.1\r\nHost: simulator\r\n\r\n".utf8)
    let exchanges = try Sending(wire: wire).run(to: url)
    return (exchanges.first?.text ?? "").split(separator: "\n").dropFirst().compactMap { Truth($0) }
  }
}
