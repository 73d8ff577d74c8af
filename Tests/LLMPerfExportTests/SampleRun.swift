@testable import LLMPerf

/// A run made of numbers from a seeded generator, for reports that need no service.
struct SampleRun {
  var count: Int
  var failureShare = 0.0
  var seed: UInt64 = 1
  var hasTokens = true

  var rows: [ReportRow] {
    var generator = SplitMix64(seed: seed)
    var clock = 0.0
    return (0..<count).map { index in
      clock += 0.02 * generator.exponential()
      var row = ReportRow(index: index, due: clock)
      let lag = 0.0002 * generator.exponential()
      row.sent = clock + lag
      row.promptLength = Int(40 * (1 + 30 * generator.unit() * generator.unit()))
      row.isStreamed = true
      row.status = 200
      let wait = 0.08 + 0.0001 * Double(row.promptLength) + 0.05 * generator.exponential()
      if generator.unit() < failureShare {
        let failure: RequestFailure =
          generator.unit() < 0.6
          ? RequestFailure(.httpStatus(503), "overloaded: <queue> is full & retry after \(index % 3) s")
          : RequestFailure(.readTimeout, "no byte for 120 s; is the service alive?")
        row.ending = .failure(failure)
        row.ended = clock + lag + wait
        return row
      }
      let tokens = 20 + Int(180 * generator.unit())
      let perToken = 0.012 + 0.004 * generator.unit()
      row.timeToFirstToken = wait
      row.timeToFirstOutput = wait
      row.latency = wait + perToken * Double(tokens - 1)
      row.finished = clock + lag + wait + perToken * Double(tokens - 1)
      row.ended = row.finished.map { $0 + 0.001 }
      row.timePerOutputToken = hasTokens ? perToken : nil
      row.maxStall = perToken * 3
      row.inputTokens = hasTokens ? row.promptLength / 4 : nil
      row.outputTokens = hasTokens ? tokens : nil
      row.finishReason = "stop"
      return row
    }
  }

  func result(_ rows: [ReportRow]) -> RunResult {
    var summary = RunSummary()
    let good = rows.filter(\.succeeded)
    summary.counts.total = rows.count
    summary.counts.succeeded = good.count
    summary.times.latency = Distribution(good.compactMap(\.latency))
    summary.times.responseTime = Distribution(good.compactMap(\.responseTime))
    summary.times.timeToFirstToken = Distribution(good.compactMap(\.timeToFirstToken))
    summary.times.timePerOutputToken = Distribution(good.compactMap(\.timePerOutputToken))
    summary.gaps.interTokenLatency = Distribution(
      good.compactMap(\.timePerOutputToken).flatMap { [$0, $0 * 1.1, $0 * 0.9] })
    summary.client.scheduleLag = Distribution(rows.compactMap(\.scheduleLag))
    summary.tokens.inputPerRequest = Distribution(good.compactMap(\.inputTokens).map(Double.init))
    summary.tokens.outputPerRequest = Distribution(good.compactMap(\.outputTokens).map(Double.init))
    if !rows.isEmpty {
      let runTime = rows.compactMap(\.ended).max() ?? 1
      summary.runTime = runTime
      summary.rates.requests = Double(good.count) / runTime
      summary.rates.offered = 50
      summary.rates.achieved = 49.7
      summary.inFlight.peak = min(rows.count, 120)
      summary.client.kernelStampedShare = 1
      summary.prompts.repeatedShare = 0
      if hasTokens {
        summary.tokens.source = .usage
        let output = good.compactMap(\.outputTokens).reduce(0, +)
        summary.tokens.totalOutput = output
        summary.tokens.usageOutput = output
        summary.tokens.totalInput = good.compactMap(\.inputTokens).reduce(0, +)
        summary.rates.outputTokens = Double(output) / runTime
      }
    }
    for row in rows {
      guard let failure = row.failure else { continue }
      if let place = summary.failures.firstIndex(where: { $0.code == failure.code }) {
        summary.failures[place].count += 1
      } else {
        summary.failures.append(FailureCount(code: failure.code, count: 1, sample: failure.message))
      }
    }
    return RunResult(run: description, summary: summary, verdict: verdict(rows))
  }

  var description: RunDescription {
    RunDescription(
      name: "qwen3-8b <steady> & \"quoted\"",
      configuration: [
        ("model", "qwen3-8b"), ("url", "http://gpu-07.example:8000/v1/chat/completions"), ("rate", 50),
        ("number", .int(count)), ("dataset", "openqa"), ("headers", ["Authorization": "***", "X-Team": "a & b"]),
        (
          "query-template",
          "{\"model\": \"%m\", \"messages\": [{\"role\": \"user\", \"content\": \"%p\"}], \"stream\": true}"
        ),
      ], model: "qwen3-8b", api: "openai", url: "http://gpu-07.example:8000", load: .openLoop(.poisson(rate: 5)),
      expectedRequests: count,
      seed: 42,
      wallClockStart: 1_763_998_994, version: "1.0.0",
      machine: [("host", "load-1"), ("processors", 16), ("memory", "64 GiB"), ("kernel", "Linux 6.1")],
      arguments: ["llmuses", "perf", "--model", "qwen3-8b", "--rate", "50"])
  }

  private func verdict(_ rows: [ReportRow]) -> Verdict {
    if rows.isEmpty { return Verdict(reasons: [Verdict.Reason(.invalid, code: "no-requests", "no request was sent")]) }
    if failureShare > 0 {
      return Verdict(reasons: [
        Verdict.Reason(
          .suspect, code: "failures", "a tenth of the requests failed; percentiles are those of the successes")
      ])
    }
    return Verdict()
  }
}

extension SplitMix64 {
  fileprivate mutating func unit() -> Double { Double.random(in: 0..<1, using: &self) }

  /// A draw of mean 1 whose tail falls off as 2^-k: near enough to exponential, without a logarithm.
  fileprivate mutating func exponential() -> Double { Double(next().trailingZeroBitCount) * 0.7 + 0.6 * unit() }
}
