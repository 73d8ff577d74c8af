import LLMPerf

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
  /// - Throws: `UsageError` when `endpoint` is no address.
  package init(endpoint text: String, environment: [String: String]) throws {
    let address = try HTTPAddress(text, of: "--otlp-endpoint")
    let path = address.basePath
    endpoint = address.at(path.hasSuffix("/v1/metrics") ? path : path + "/v1/metrics")
    headers = (environment["OTEL_EXPORTER_OTLP_HEADERS"] ?? "").split(separator: ",").compactMap { pair in
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      let name = String(parts[0].filter { $0 != " " })
      let value = PercentEncoding.decode(parts[1])
      // A line break would begin a header of its own.
      guard !name.isEmpty, value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else { return nil }
      return (name, value)
    }
  }
}
