import LLMPerf
import Testing

@testable import LLMPerfExport

struct LiveScreenTests {
  private func screen(_ count: Int = 300) -> LiveScreen {
    let run = SyntheticRun(1000)
    var statistics = LiveStatistics()
    for record in run.records.prefix(count) { statistics.add(record) }
    statistics.advance(to: .seconds(3.5), inFlight: 4)
    let client = ClientSampler.Sample(processShare: 0.05, machineShare: 0.1, residentBytes: 20_000_000, cpuSeconds: 1)
    return LiveScreen(run: run.description, statistics: statistics, client: client, inFlight: 4)
  }

  @Test(arguments: [(20, 3), (79, 6), (80, 7), (60, 9), (80, 24), (300, 60)])
  func `fits every terminal`(columns: Int, rows: Int) {
    let lines = screen().lines(in: TerminalSize(columns: columns, rows: rows))
    #expect(!lines.isEmpty && lines.count < rows)
    for line in lines { #expect(line.rendered(columns: columns - 1, isColored: false).width < columns) }
    #expect(lines.contains { $0.text.contains("300/1000") })
  }

  @Test
  func `shows everything where there is room`() {
    let text = screen().lines(in: TerminalSize(columns: 120, rows: 30)).map(\.text).joined(separator: "\n")
    for part in [
      "qwen/7b", "TTFT", "p99", "latency", "TPOT", "44 (14.7 %)", "http-503", "CPU 5 %", "lag p99", "4 at a time",
      "0:04",
      "█",
    ] {
      #expect(text.contains(part), "\(part)")
    }
  }

  @Test
  func `a run without an end or an answer has a screen as well`() {
    let lines = screen(0).lines(in: TerminalSize(columns: 80, rows: 24)).map(\.text)
    #expect(lines.contains { $0.contains("0/1000") } && lines.contains { $0.contains("none") })
  }

  @Test(arguments: [24, 30, 60, 100])
  func `the progress line leaves out what has no room, failures last`(columns: Int) {
    let screen = screen()
    let line = ProgressLine.line(screen.statistics, of: screen.run, inFlight: 4, columns: columns)
    #expect(line.width <= columns)
    #expect(line.text.contains("300/1000"))
    #expect(line.text.contains("44 failed") == (columns >= 30))
    #expect(line.text.contains("left") == (columns >= 60))
  }

  @Test
  func `warns as soon as the client's lateness would spoil the verdict`() throws {
    let synthetic = SyntheticRun(100)
    var run = synthetic.description
    var statistics = LiveStatistics()
    for record in synthetic.records { statistics.add(record) }
    #expect(ClientWarning(statistics, of: run) == nil, "an ordinary lag")
    for var record in synthetic.records {
      record.dueAt = RunInstant(nanoseconds: record.dueAt.nanoseconds - 90_000_000)
      statistics.add(record)
    }
    let warning = try #require(ClientWarning(statistics, of: run))
    #expect(warning.lag > 0.08 && warning.text.hasSuffix("ms late"))
    let line = ProgressLine.line(statistics, of: run, inFlight: 4, columns: 100)
    #expect(line.text.contains(warning.text))
    run.configuration.append(("max-in-flight", 4))
    #expect(ClientWarning(statistics, of: run) == nil, "waiting for a place under the cap is wished for")
  }
}
