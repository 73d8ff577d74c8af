import LLMPerf
import LLMPerfWire

/// The body of an export in OTLP's protobuf: a run's meters as cumulative metrics under the names of OpenTelemetry's
/// conventions for generative AI.
///
/// Field numbers are those of opentelemetry-proto 1.x, `metrics/v1/metrics.proto`.
struct OTLPMessage {
  /// Attributes of every point.
  private let attributes: [(String, JSON)]
  private let resource: [(String, JSON)]
  private let scopeVersion: String
  private let start: UInt64
  private let now: UInt64
  private var metrics = ProtobufWriter()

  private static let cumulative: Int64 = 2

  /// An export at `now`, in seconds since 1970.
  init(_ run: RunDescription, at now: Double) {
    var common: [(String, JSON)] = [
      ("gen_ai.operation.name", "chat"), ("gen_ai.provider.name", .string(run.api)),
      ("gen_ai.request.model", .string(run.model)),
    ]
    if !run.url.hasPrefix("sim:"), let address = try? HTTPAddress(run.url) {
      common += [("server.address", .string(address.host)), ("server.port", .int(Int(address.port)))]
    }
    attributes = common
    resource = [
      ("service.name", "llmuses"), ("service.version", .string(run.version)),
      ("service.instance.id", .string(run.name)),
    ]
    scopeVersion = run.version
    start = UInt64(max(0, run.wallClockStart) * 1e9)
    self.now = UInt64(max(0, now) * 1e9)
  }

  /// The message that holds `meters`.
  mutating func encoded(_ meters: RunMeters, inFlight: Int) -> [UInt8] {
    let durations =
      [(histogram: meters.latency, more: [(String, JSON)]())]
      + meters.failedDurations.map { ($0.histogram, [("error.type", JSON.string($0.code))]) }
    histogram("gen_ai.client.operation.duration", "s", "GenAI operation duration.", durations)
    histogram(
      "gen_ai.client.token.usage", "{token}", "Number of input and output tokens used.",
      [
        (meters.inputTokensPerRequest, [("gen_ai.token.type", "input")]),
        (meters.outputTokensPerRequest, [("gen_ai.token.type", "output")]),
      ])
    histogram(
      "gen_ai.client.operation.time_to_first_chunk", "s", "Time to the first chunk with output.",
      [(meters.timeToFirstToken, [])])
    histogram(
      "gen_ai.client.operation.time_per_output_chunk", "s", "Time between chunks with output.",
      [(meters.interChunkLatency, [])])
    histogram(
      "gen_ai.server.time_to_first_token", "s", "Time to the first token, as seen from the client.",
      [(meters.timeToFirstToken, [])])
    histogram(
      "gen_ai.server.time_per_output_token", "s", "Time per token after the first, as seen from the client.",
      [(meters.timePerOutputToken, [])])
    histogram("llmuses.schedule_lag", "s", "How much later than due requests were sent.", [(meters.scheduleLag, [])])
    let counts =
      [(value: meters.succeeded, more: [("outcome", JSON.string("success"))])]
      + meters.failures.map {
        (value: $0.count, more: [("outcome", JSON.string("failure")), ("error.type", JSON.string($0.code))])
      }
    sum("llmuses.requests", "{request}", "Requests that have ended.", counts)
    gauge("llmuses.requests_in_flight", "{request}", "Requests sent and not ended.", Int64(inFlight))
    return request()
  }

  private mutating func histogram(
    _ name: String, _ unit: String, _ description: String,
    _ points: [(histogram: FixedHistogram, more: [(String, JSON)])]
  ) {
    let filled = points.filter { $0.histogram.count > 0 }
    guard !filled.isEmpty else { return }
    let bytes = metric(name, unit, description, field: 9) { body in
      for (histogram, more) in filled {
        body.field(1) { point in
          point.field(2, fixed64: start)
          point.field(3, fixed64: now)
          point.field(4, fixed64: histogram.count)
          point.field(5, double: histogram.sum)
          point.field(6, packedFixed64: histogram.counts)
          point.field(7, packedFixed64: histogram.bounds.map(\.bitPattern))
          Self.write(attributes + more, field: 9, to: &point)
          point.field(11, double: histogram.minimum)
          point.field(12, double: histogram.maximum)
        }
      }
      body.field(2, varint: Self.cumulative)
    }
    metrics.field(2, bytes: bytes)
  }

  private mutating func sum(
    _ name: String, _ unit: String, _ description: String, _ points: [(value: UInt64, more: [(String, JSON)])]
  ) {
    let bytes = metric(name, unit, description, field: 7) { body in
      for (value, more) in points { number(value, more, to: &body) }
      body.field(2, varint: Self.cumulative)
      body.field(3, varint: 1)
    }
    metrics.field(2, bytes: bytes)
  }

  private mutating func gauge(_ name: String, _ unit: String, _ description: String, _ value: Int64) {
    let bytes = metric(name, unit, description, field: 5) { number(UInt64(bitPattern: value), [], to: &$0) }
    metrics.field(2, bytes: bytes)
  }

  private func number(_ value: UInt64, _ more: [(String, JSON)], to body: inout ProtobufWriter) {
    body.field(1) { point in
      point.field(2, fixed64: start)
      point.field(3, fixed64: now)
      point.field(6, fixed64: value)
      Self.write(attributes + more, field: 7, to: &point)
    }
  }

  private func metric(
    _ name: String, _ unit: String, _ description: String, field: Int, _ data: (inout ProtobufWriter) -> Void
  ) -> [UInt8] {
    var metric = ProtobufWriter()
    metric.field(1, string: name)
    metric.field(2, string: description)
    metric.field(3, string: unit)
    metric.field(field, message: data)
    return metric.bytes
  }

  private func request() -> [UInt8] {
    var request = ProtobufWriter()
    request.field(1) { resourceMetrics in
      resourceMetrics.field(1) { Self.write(resource, field: 1, to: &$0) }
      var scope = ProtobufWriter()
      scope.field(1) { inner in
        inner.field(1, string: "llmuses")
        inner.field(2, string: scopeVersion)
      }
      resourceMetrics.field(2, bytes: scope.bytes + metrics.bytes)
    }
    return request.bytes
  }

  /// Attributes: texts and whole numbers.
  private static func write(_ attributes: [(String, JSON)], field number: Int, to writer: inout ProtobufWriter) {
    for (key, value) in attributes {
      writer.field(number) { pair in
        pair.field(1, string: key)
        pair.field(2) { any in
          if let whole = value.intValue {
            any.field(3, varint: Int64(whole))
          } else {
            any.field(1, string: value.stringValue ?? value.description)
          }
        }
      }
    }
  }
}
