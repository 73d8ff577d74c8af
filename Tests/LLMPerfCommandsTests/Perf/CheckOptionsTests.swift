import LLMPerf
import Testing

@testable import LLMPerfCommands

struct CheckOptionsTests {
  private func result(total: Int, succeeded: Int, isPartial: Bool = false, _ level: Verdict.Level = .valid) -> RunResult
  {
    var summary = RunSummary()
    summary.counts.total = total
    summary.counts.succeeded = succeeded
    summary.isPartial = isPartial
    let run = RunDescription(
      name: "r", configuration: [], model: "m", api: "openai", url: "h", load: .closedLoop(parallel: 1),
      expectedRequests: total, seed: 1,
      wallClockStart: 0, version: "1", machine: [], arguments: [])
    return RunResult(run: run, summary: summary, verdict: Verdict(reasons: [.init(level, code: "c", "why")]))
  }

  @Test
  func `the exit status tells how the run ended`() throws {
    var checks = CheckOptions.Parsed()
    #expect(checks.status(of: result(total: 4, succeeded: 2)) == .done)
    #expect(checks.status(of: result(total: 4, succeeded: 0)) == .allFailed)
    #expect(checks.status(of: result(total: 4, succeeded: 4, isPartial: true)) == .interrupted)
    #expect(checks.status(of: result(total: 4, succeeded: 4, .invalid)) == .done)
    #expect(checks.status(of: result(total: 0, succeeded: 0)) == .failed)
    #expect(checks.status(of: result(total: 0, succeeded: 0, isPartial: true)) == .interrupted)
    checks.thresholds = [try Threshold(parsing: "error_rate > 10%")]
    #expect(checks.status(of: result(total: 0, succeeded: 0)) == .failed)
    #expect(checks.status(of: result(total: 4, succeeded: 4)) == .done)
    #expect(checks.status(of: result(total: 4, succeeded: 2)) == .thresholdMissed)
    #expect(checks.status(of: result(total: 4, succeeded: 4, .invalid)) == .thresholdMissed)
    checks.allowsInvalid = true
    #expect(checks.status(of: result(total: 4, succeeded: 4, .invalid)) == .done)
  }
}
