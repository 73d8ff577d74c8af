/// A column of the per-request exports. Times are seconds; what a request has not got is empty or null.
struct ReportColumn {
  let name: String
  let value: (ReportRow) -> JSON

  static func all() -> [ReportColumn] {
    [
      ReportColumn(name: "index") { .int($0.index) },
      ReportColumn(name: "phase") { .string($0.phase.rawValue) },
      ReportColumn(name: "success") { .bool($0.succeeded) },
      ReportColumn(name: "due") { seconds($0.due) },
      ReportColumn(name: "sent") { seconds($0.sent) },
      ReportColumn(name: "ended") { seconds($0.ended) },
      ReportColumn(name: "ttft") { seconds($0.timeToFirstToken) },
      ReportColumn(name: "scheduled_ttft") { seconds($0.scheduledTimeToFirstToken) },
      ReportColumn(name: "ttfo") { seconds($0.timeToFirstOutput) },
      ReportColumn(name: "latency") { seconds($0.latency) },
      ReportColumn(name: "response_time") { seconds($0.responseTime) },
      ReportColumn(name: "tpot") { seconds($0.timePerOutputToken) },
      ReportColumn(name: "max_stall") { seconds($0.maxStall) },
      ReportColumn(name: "schedule_lag") { seconds($0.scheduleLag) },
      ReportColumn(name: "connect_time") { seconds($0.connectTime) },
      ReportColumn(name: "prompt_length") { .int($0.promptLength) },
      ReportColumn(name: "input_tokens") { .optional($0.inputTokens) },
      ReportColumn(name: "output_tokens") { .optional($0.outputTokens) },
      ReportColumn(name: "status") { .optional($0.status) },
      ReportColumn(name: "finish_reason") { .optional($0.finishReason) },
      ReportColumn(name: "streamed") { .bool($0.isStreamed) },
      ReportColumn(name: "reused_connection") { .bool($0.reusedConnection) },
      ReportColumn(name: "retried") { .bool($0.retried) },
      ReportColumn(name: "failure") { .optional($0.failure?.code.description) },
      ReportColumn(name: "message") { .optional($0.failure?.message) },
    ]
  }

  /// Seconds to the nanosecond: what the clock tells, without the noise of binary fractions.
  private static func seconds(_ value: Double?) -> JSON {
    guard let value, value.isFinite else { return .null }
    return .number(NumberText.withoutTrailingZeros(NumberText.fixed(value, digits: 9)))
  }
}
