import LLMPerf
package import LLMPerfWire

/// Where metrics go by OTLP over HTTP.
package struct OTLPOptions: Sendable {
  package var endpoint: HTTPAddress
  /// Headers to send along, an authorization among them.
  package var headers: [(name: String, value: String)]
  /// Between two exports.
  package var interval: Duration = .seconds(10)

  /// The options from `--otlp-endpoint` and `OTEL_EXPORTER_OTLP_HEADERS` (`name=value,…`, percent-encoded).
  ///
  /// As OpenTelemetry has it, `/v1/metrics` is put behind the endpoint, unless it stands there already.
  ///
  /// - Throws: `UsageError` when `endpoint` is no address, or a header none.
  package init(endpoint text: String, environment: [String: String]) throws {
    let address = try HTTPAddress(text, of: "--otlp-endpoint")
    let path = address.basePath
    endpoint = address.at(path.hasSuffix("/v1/metrics") ? path : path + "/v1/metrics")
    let variable = "OTEL_EXPORTER_OTLP_HEADERS"
    headers = try (environment[variable] ?? "").split(separator: ",").map { pair in
      guard let equals = pair.firstIndex(of: "=") else { throw UsageError("\(variable): write NAME=VALUE,…") }
      let name = pair[..<equals].filter { $0 != " " }
      let header = HTTPHeader(String(name), PercentEncoding.decode(pair[pair.index(after: equals)...]))
      try header.check(from: variable)
      return (header.name, header.value)
    }
  }
}
