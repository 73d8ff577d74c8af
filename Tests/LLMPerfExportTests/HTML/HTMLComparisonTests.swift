import Foundation
import LLMPerf
import LLMPerfExport
import Testing

struct HTMLComparisonTests {
  @Test func `shows what differs in one file`() throws {
    let runs = [SampleRun(count: 600, seed: 1), SampleRun(count: 600, failureShare: 0.05, seed: 2)].map { run in
      ComparableRun(run.result(run.rows), rows: run.rows)
    }
    let comparison = try RunComparison(runs)
    let html = String(decoding: HTMLComparison.render(comparison, version: "1.0.0"), as: UTF8.self)
    if let folder = ProcessInfo.processInfo.environment["LLMUSES_REPORT_FOLDER"] {
      try html.write(toFile: "\(folder)/compare.html", atomically: true, encoding: .utf8)
      print(ComparisonTextReport.render(comparison))
    }
    #expect(html.contains("more failures"))
    #expect(!html.contains("src="))
    #expect(!html.contains("<steady>"))
  }
}
