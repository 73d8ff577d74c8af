import LLMPerf
import LLMPerfWire
import Testing

@testable import LLMPerfExport

struct OTLPMessageTests {
  @Test
  func `writes protobuf as its documentation has it`() {
    // The examples of protobuf's own encoding guide: field 1 = 150, field 2 = "testing".
    var writer = ProtobufWriter()
    writer.field(1, varint: 150)
    writer.field(2, string: "testing")
    #expect(writer.bytes == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8))
    writer = ProtobufWriter()
    writer.field(1, varint: -1)
    writer.field(3, double: 1)
    #expect(writer.bytes == [0x08] + Array(repeating: 0xFF, count: 9) + [1, 0x19, 0, 0, 0, 0, 0, 0, 0xF0, 0x3F])
    var reader = ProtobufReader(writer.bytes[...])
    guard case (1, .varint(let number))? = reader.next(), case (3, .fixed64(let bits))? = reader.next() else {
      Issue.record("two fields expected")
      return
    }
    #expect(Int64(bitPattern: number) == -1 && Double(bitPattern: bits) == 1)
    #expect(reader.next() == nil)
  }

  @Test(arguments: [0, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])
  func `knows the length of a field before it is written`(count: Int) {
    for number in [1, 15, 16, 21] {
      var writer = ProtobufWriter()
      writer.field(number, bytes: [UInt8](repeating: 0, count: count))
      let expected = ProtobufWriter.size(ofField: number, count: count)
      #expect(writer.bytes.count == expected)
    }
  }

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
