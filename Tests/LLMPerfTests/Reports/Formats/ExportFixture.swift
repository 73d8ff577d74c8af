@testable import LLMPerf

/// A run of three requests: a streamed success, a failure, and one that was never sent.
struct ExportFixture {
  static let rows: [ReportRow] = {
    var good = ReportRow(index: 0, due: 0.5)
    good.sent = 0.501
    good.ended = 1.503
    good.finished = 1.501
    good.timeToFirstToken = 0.25
    good.timeToFirstOutput = 0.25
    good.latency = 1
    good.timePerOutputToken = 0.75
    good.maxStall = 0.75
    good.connectTime = 0.0005
    good.gaps = [0.75]
    good.text = "hi"
    good.promptLength = 12
    good.inputTokens = 3
    good.outputTokens = 2
    good.status = 200
    good.finishReason = "stop"
    good.isStreamed = true
    var bad = ReportRow(index: 1, due: 0.75)
    bad.sent = 0.75
    bad.ended = 0.8
    bad.promptLength = 5
    bad.status = 503
    bad.ending = .failure(RequestFailure(.httpStatus(503), "=1+1, \"busy\""))
    return [good, bad, ReportRow(index: 2, due: 9)]
  }()

  static var result: RunResult {
    var summary = RunSummary()
    summary.counts.total = 2
    summary.counts.succeeded = 1
    summary.counts.neverSent = 1
    summary.runTime = 1.002
    summary.rates.requests = 0.998
    summary.rates.outputTokens = 1.996
    summary.rates.allTokens = 4.99
    summary.times.latency = Distribution([1])
    summary.times.timeToFirstToken = Distribution([0.25])
    summary.times.timePerOutputToken = Distribution([0.75])
    summary.gaps.interChunkLatency = Distribution([0.75])
    summary.tokens.inputPerRequest = Distribution([3])
    summary.tokens.outputPerRequest = Distribution([2])
    summary.tokens.totalInput = 3
    summary.tokens.totalOutput = 2
    summary.inFlight.peak = 2
    summary.failures = [FailureCount(code: .httpStatus(503), count: 1, sample: "a | b\n<c>")]
    let run = RunDescription(
      name: "run <1>", configuration: [("rate", 4), ("model", "m|n")], model: "m", api: "openai", url: "http://h:1",
      load: .openLoop(.poisson(rate: 5)), expectedRequests: 3, seed: 1, wallClockStart: 1_763_998_994, version: "1.0",
      machine: [],
      arguments: [])
    let verdict = Verdict(reasons: [Verdict.Reason(.suspect, code: "few", "too few & \"small\"")])
    return RunResult(run: run, summary: summary, verdict: verdict)
  }
}
