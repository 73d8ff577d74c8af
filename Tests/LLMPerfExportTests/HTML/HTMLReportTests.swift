import Foundation
import LLMPerf
import Testing

@testable import LLMPerfExport

struct HTMLReportTests {
  @Test(arguments: [
    ("normal", SampleRun(count: 1200)), ("failures", SampleRun(count: 800, failureShare: 0.1)),
    ("empty", SampleRun(count: 0)), ("all-failed", SampleRun(count: 40, failureShare: 1)),
    ("tokenless", SampleRun(count: 3, hasTokens: false)),
  ])
  func `is one file that asks the network for nothing`(name: String, run: SampleRun) throws {
    let rows = run.rows
    let result = run.result(rows)
    let thresholds = try ["p99(ttft) > 300ms", "error_rate > 1%", "goodput < 20/s"].map(Threshold.init(parsing:))
    let report = ThresholdReport(thresholds, run: result.summary, verdict: result.verdict)
    let input = HTMLReportInput(result: result, rows: rows, thresholds: report)
    let html = String(decoding: HTMLReport.render(input), as: UTF8.self)
    if let folder = ProcessInfo.processInfo.environment["LLMUSES_REPORT_FOLDER"] {
      try html.write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
    }
    #expect(html.hasPrefix("<!doctype html>"))
    #expect(!html.contains("src="))
    #expect(!html.contains("@import"))
    #expect(!html.contains("<steady>"), "the run's name is escaped")
    #expect(html.contains("qwen3-8b &lt;steady&gt; &amp; &quot;quoted&quot;"))
  }

  @Test(arguments: 2...14)
  func `leaves no tile alone in a row`(count: Int) {
    let columns = HeadlineTiles.columns(for: count)
    #expect((3...5).contains(columns))
    #expect(count % columns != 1)
  }

  @Test func `stays below 3 MB with 100,000 requests`() throws {
    let run = SampleRun(count: 100_000, failureShare: 0.002)
    let rows = run.rows
    let result = run.result(rows)
    let start = ContinuousClock.now
    let html = HTMLReport.render(HTMLReportInput(result: result, rows: rows))
    if let folder = ProcessInfo.processInfo.environment["LLMUSES_REPORT_FOLDER"] {
      print("rendered \(html.count) bytes in \(ContinuousClock.now - start)")
      try Data(html).write(to: URL(fileURLWithPath: "\(folder)/large.html"))
    }
    #expect(html.count < 3_000_000)
    #expect(
      String(decoding: html, as: UTF8.self).contains("dots for 99,826 requests"), "the scatter says that it is a sample"
    )
  }
}
