import LLMPerf

/// A run drawn from a seeded generator: requests whose times depend on those before them by `memory`.
struct SimulatedRun {
  var count = 200
  var seed: UInt64
  /// How much of a request's slowness it has from the one before it, from 0 to below 1.
  var memory = 0.0
  /// What every time is multiplied by.
  var slowdown = 1.0
  var failureShare = 0.01

  var comparable: ComparableRun {
    var generator = SplitMix64(seed: seed)
    func normal() -> Double { (0..<12).reduce(-6) { sum, _ in sum + generator.nextUnit() } }
    var load = normal()
    let rows = (0..<count).map { index in
      load = memory * load + (1 - memory * memory).squareRoot() * normal()
      var row = ReportRow(index: index, due: Double(index) * 0.01)
      row.sent = row.due
      if generator.nextUnit() < failureShare {
        row.ending = .failure(RequestFailure(.httpStatus(503), "overloaded"))
        return row
      }
      let factor = slowdown * (1 + 0.2 * load)
      let tokens = 100 + (normal() * 20).rounded()
      row.timeToFirstToken = (0.2 + 0.01 * normal()) * factor
      row.timePerOutputToken = (0.02 + 0.001 * normal()) * factor
      row.maxStall = (0.05 + 0.005 * normal()) * factor
      row.latency = (row.timeToFirstToken ?? 0) + (row.timePerOutputToken ?? 0) * tokens
      row.outputTokens = Int(tokens)
      return row
    }
    let run = RunDescription(
      name: "run", configuration: [], model: "m", api: "openai", url: "http://127.0.0.1",
      load: .openLoop(.poisson(rate: 5)),
      expectedRequests: count, seed: 1, wallClockStart: Double(seed), version: "1", machine: [], arguments: [])
    var summary = RunSummary()
    summary.counts.total = count
    summary.counts.succeeded = rows.filter(\.succeeded).count
    summary.tokens.source = .usage
    return ComparableRun(RunResult(run: run, summary: summary, verdict: Verdict()), rows: rows)
  }
}
