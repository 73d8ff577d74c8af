import Foundation
import LLMPerf
import LLMPerfExport
import Testing

struct HTMLReportTests {
  @Test(arguments: [
    ("normal", SampleRun(count: 1200)), ("failures", SampleRun(count: 800, failureShare: 0.1)),
    ("empty", SampleRun(count: 0)), ("all-failed", SampleRun(count: 40, failureShare: 1)),
    ("tokenless", SampleRun(count: 3, hasTokens: false)),
  ])
  func `is one file that asks the network for nothing`(name: String, run: SampleRun) throws {
    let rows = run.rows
    let html = String(
      decoding: try HTMLReport.render(HTMLReportInput(result: run.result(rows), rows: rows)), as: UTF8.self)
    if let folder = ProcessInfo.processInfo.environment["LLMUSES_REPORT_FOLDER"] {
      try html.write(toFile: "\(folder)/\(name).html", atomically: true, encoding: .utf8)
    }
    #expect(html.hasPrefix("<!doctype html>"))
    #expect(!html.contains("src="))
    #expect(!html.contains("@import"))
    #expect(!html.contains("<steady>"), "the run's name is escaped")
    #expect(html.contains("qwen3-8b &lt;steady&gt; &amp; &quot;quoted&quot;"))
  }
}
