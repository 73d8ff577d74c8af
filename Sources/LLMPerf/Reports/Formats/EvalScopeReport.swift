/// A run in the shape of the files that `evalscope perf` writes, so that dashboards made for them go on.
///
/// The keys are evalscope's; the values follow this tool's definitions. A metric that the run has not got is left out.
public enum EvalScopeReport {
  /// The bytes of `benchmark_summary.json`.
  ///
  /// - Parameter rows: one for each request.
  public static func summary(_ result: RunResult, rows: [ReportRow]) -> [UInt8] {
    let (run, summary) = (result.run, result.summary)
    let answered = rows.filter { $0.phase == .measured && $0.succeeded && $0.ended != nil }
    let streamed = answered.count { $0.isStreamed }
    let rate = run.configuration.last { $0.name == "rate" }?.value.doubleValue ?? -1
    let members: [(String, Double?)] = [
      ("Test Duration (s)", round(summary.runTime, 4)),
      // evalscope's mark for "not limited": -1 requests a second, or as many in flight as there were.
      ("Concurrency", Double(run.parallel ?? summary.inFlight.limit ?? -1)),
      ("Request Rate (req/s)", rate),
      ("Total Requests", Double(summary.counts.total)),
      ("Success Requests", Double(summary.counts.succeeded)),
      ("Failed Requests", Double(summary.counts.failed)),
      ("Stream Requests", Double(streamed)),
      ("Non-Stream Requests", Double(answered.count - streamed)),
      ("Req Throughput (req/s)", round(summary.rates.requests, 4)),
      ("Avg Latency (s)", round(summary.times.latency.mean, 4)),
      ("Avg Input Tokens", round(summary.tokens.inputPerRequest.mean, 4)),
      ("Output Throughput (tok/s)", round(summary.rates.outputTokens, 4)),
      ("Total Throughput (tok/s)", round(summary.rates.allTokens, 4)),
      ("Avg TTFT (ms)", round(milliseconds(summary.times.timeToFirstToken), 2)),
      ("Avg TPOT (ms)", round(milliseconds(summary.times.timePerOutputToken), 2)),
      ("Avg ITL (ms)", round(milliseconds(summary.gaps.interChunkLatency), 2)),
      ("Avg Output Tokens", round(summary.tokens.outputPerRequest.mean, 4)),
    ]
    let object = JSON.object(members.compactMap { name, value in value.map { JSON.Member(name, .double($0)) } })
    return object.utf8(indented: true) + [UInt8(ascii: "\n")]
  }

  /// The bytes of `benchmark_percentile.json`: a row for each percentile. The columns that evalscope computes request by
  /// request come from `rows`.
  public static func percentiles(_ summary: RunSummary, rows: [ReportRow]) -> [UInt8] {
    let good = rows.filter { $0.phase == .measured && $0.succeeded }
    func perSecond(_ tokens: (ReportRow) -> Int?) -> Distribution {
      Distribution(
        good.compactMap { row in
          guard let latency = row.latency, latency > 0, let tokens = tokens(row) else { return nil }
          return Double(tokens) / latency
        })
    }
    let columns: [(name: String, sample: Distribution, scale: Double)] = [
      ("TTFT (ms)", summary.times.timeToFirstToken, 1000), ("ITL (ms)", summary.gaps.interChunkLatency, 1000),
      ("TPOT (ms)", summary.times.timePerOutputToken, 1000), ("Decode (tok/s)", summary.times.outputRatePerUser, 1),
      ("Latency (s)", summary.times.latency, 1), ("Input tokens", summary.tokens.inputPerRequest, 1),
      ("Output tokens", summary.tokens.outputPerRequest, 1), ("Output (tok/s)", perSecond(\.outputTokens), 1),
      (
        "Total (tok/s)",
        perSecond { row in row.inputTokens.flatMap { input in row.outputTokens.map { input + $0 } } }, 1
      ),
    ]
    let lines: [(label: String, value: (Distribution) -> Double?)] =
      [("min", { $0.min })]
      + [1, 5, 10, 25, 50, 75, 90, 95, 99].map { p in ("\(p)%", { $0.percentile(Double(p)) }) }
      + [("max", { $0.max })]
    let table = lines.map { line in
      JSON.object(
        [JSON.Member("Percentiles", .string(line.label))]
          + columns.compactMap { column in
            line.value(column.sample).map { JSON.Member(column.name, .double(round($0 * column.scale, 2))) }
          })
    }
    return JSON.array(table).utf8(indented: true) + [UInt8(ascii: "\n")]
  }

  private static func milliseconds(_ sample: Distribution) -> Double? { sample.mean.map { $0 * 1000 } }

  private static func round(_ value: Double?, _ digits: Int) -> Double? {
    value.flatMap { Double(NumberText.fixed($0, digits: digits)) }
  }
}
