import LLMPerf
import LLMPerfWire
import Testing

@testable import LLMPerfExport

struct OTLPMessageTests {
  @Test
  func `names the metrics of the conventions, and none that has no value`() throws {
    let run = SyntheticRun(20)
    var meters = RunMeters()
    for record in run.records { meters.add(record) }
    func text(_ meters: RunMeters) -> String {
      var message = OTLPMessage(run.description, at: 1_795_490_010)
      return String(decoding: message.encoded(meters, inFlight: 1), as: UTF8.self)
    }
    for name in [
      "gen_ai.client.operation.duration", "gen_ai.client.token.usage", "gen_ai.server.time_to_first_token",
      "error.type",
    ] {
      #expect(text(meters).contains(name) && (!text(RunMeters()).contains(name)))
    }
    #expect(text(RunMeters()).contains("llmuses.requests_in_flight"))
  }

  @Test
  func `puts the path behind the endpoint, and takes headers from the environment`() throws {
    let options = try OTLPOptions(
      endpoint: "http://host:4318/", environment: ["OTEL_EXPORTER_OTLP_HEADERS": "a=b%20c, d=e=f,"])
    #expect(options.endpoint.target == "/v1/metrics")
    #expect(options.headers.map { "\($0.name):\($0.value)" } == ["a:b c", "d:e=f"])
    for bad in ["a=SECRET%0D%0Ay:z", "SECRET", "a b:=SECRET", "a=SECRET\n"] {
      let error = #expect(throws: UsageError.self) {
        try OTLPOptions(endpoint: "http://h", environment: ["OTEL_EXPORTER_OTLP_HEADERS": bad])
      }
      #expect(
        error?.message.hasPrefix("OTEL_EXPORTER_OTLP_HEADERS: ") == true && error?.message.contains("SECRET") == false)
    }
    #expect(try OTLPOptions(endpoint: "https://host/x/v1/metrics", environment: [:]).endpoint.target == "/x/v1/metrics")
  }
}
