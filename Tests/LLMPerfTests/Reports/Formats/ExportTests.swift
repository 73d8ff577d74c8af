import Testing

@testable import LLMPerf

struct ExportTests {
  @Test func `writes requests as RFC 4180 asks`() throws {
    let text = try written { try CSVExport.write(ExportFixture.rows, to: $0) }
    #expect(
      text == """
        index,phase,success,due,sent,ended,ttft,scheduled_ttft,ttfo,latency,response_time,tpot,max_stall,schedule_lag,\
        connect_time,prompt_length,input_tokens,output_tokens,status,finish_reason,streamed,reused_connection,retried,\
        failure,message\r
        0,measured,true,0.5,0.501,1.503,0.25,0.251,0.25,1,1.001,0.75,0.75,0.001,0.0005,12,3,2,200,stop,true,false,false,,\r
        1,measured,false,0.75,0.75,0.8,,,,,,,,0,,5,,,503,,false,false,false,http-503,"'=1+1, ""busy""\"\r
        2,measured,true,9,,,,,,,,,,,,0,,,,,false,false,false,,\r

        """)
  }

  @Test func `writes requests as one object a line`() throws {
    let lines = try written { try JSONLinesExport.write(ExportFixture.rows, to: $0) }.split(separator: "\n")
    #expect(lines.count == 3)
    let first = try JSON(String(lines[0]))
    #expect(first["ttft"]?.doubleValue == 0.25)
    #expect(first["failure"] == .null)
    #expect(try JSON(String(lines[1]))["message"] == "=1+1, \"busy\"")
  }

  @Test func `writes while rows are read, in large pieces`() throws {
    var pieces = 0
    var bytes = 0
    let rows = (0..<20_000).lazy.map { ReportRow(index: $0, due: Double($0)) }
    try CSVExport.write(rows) { piece in
      pieces += 1
      bytes += piece.count
      #expect(piece.count < 70_000)
    }
    #expect(pieces == bytes / (1 << 16) + (bytes % (1 << 16) == 0 ? 0 : 1))
  }

  @Test func `ends an export when its output fails`() {
    struct DiskFull: Error {}
    #expect(throws: DiskFull.self) { try CSVExport.write(ExportFixture.rows) { _ in throw DiskFull() } }
  }

  @Test func `lists the run's numbers, each by name and statistic`() {
    let csv = String(decoding: CSVExport.summary(ExportFixture.result.summary), as: UTF8.self)
    #expect(csv.hasPrefix("metric,statistic,value,unit\r\ntotal_requests,value,2,\r\n"))
    #expect(csv.contains("error_rate,value,0.5,share\r\n"))
    #expect(csv.contains("ttft,p50,0.25,s\r\n"))
    #expect(!csv.contains("ttft,p99"), "one value has no 99th percentile")
    #expect(!csv.contains("goodput"), "what was not measured is left out")
    let lines = String(decoding: JSONLinesExport.summary(ExportFixture.result.summary), as: UTF8.self)
    #expect(lines.contains(#"{"metric":"ttft","statistic":"p50","value":0.25,"unit":"s"}"#))
  }

  @Test(arguments: [
    ("=1+1", true), ("+1", true), ("-1", true), ("@A1", true), ("\t=1", true), ("\r=1", true),
    ("=\u{301}cmd", true), ("-\u{20DD}1", true), ("\u{200D}=1", true), ("\u{301}=1", true), (" =1", true),
    ("\u{AD}@x", true), ("\u{FF1D}1", true), ("\u{FEFF}=1", true), ("a=1", false), ("1-2", false), ("", false),
  ])
  func `no text of a cell begins as a formula does, by its first scalars`(text: String, isFormula: Bool) throws {
    var row = ReportRow(index: 0, due: 0)
    row.finishReason = text
    let cells = written { output in try? CSVExport.write([row], to: output) }
    let bare = cells.unicodeScalars.filter { $0 != "\"" }
    let mark = String(String.UnicodeScalarView(bare)).contains("," + "'" + text)
    #expect(mark == isFormula, "\(cells)")
  }

  @Test func `Markdown's code holds any backticks, and a cell any bars`() throws {
    var result = ExportFixture.result
    result.run.model = "`a``b|c\nd`"
    result.summary.failures = [FailureCount(code: .inBand, count: 1, sample: "x|\u{301}y `z` \u{202E}\u{1B}[1m")]
    let text = String(decoding: MarkdownReport.render(result), as: UTF8.self)
    #expect(text.contains("``` `a``b|c d` ```"))
    #expect(text.contains("| in-band-error | 1 | x\\|\u{301}y \\`z\\` \\\\u{202E}\\\\u{1B}\\[1m |"))
  }

  @Test func `writes Markdown that no name can break`() throws {
    let thresholds = ThresholdReport(
      [try Threshold(parsing: "error_rate > 1%")], run: ExportFixture.result.summary,
      verdict: ExportFixture.result.verdict)
    let text = String(decoding: MarkdownReport.render(ExportFixture.result, thresholds: thresholds), as: UTF8.self)
    #expect(text.hasPrefix("# run &lt;1>\n\n**SUSPECT** · `m` · openai · http://h:1\n"))
    #expect(text.contains("| `error_rate > 1%` | **missed** | it is 50 %, the limit 1 % |"))
    #expect(
      text.contains("| Time to first token | 1 | 250 ms | 250 ms | 250 ms | too few | too few | too few | 250 ms |"))
    #expect(text.contains(#"| http-503 | 1 | a \| b &lt;c> |"#))
    #expect(text.contains(#"| model | m\|n |"#))
  }

  @Test func `writes a JUnit file with a case for each threshold and one for the verdict`() throws {
    let thresholds = try ["error_rate > 1%", "qps < 0.1/s"].map(Threshold.init(parsing:))
    let result = ExportFixture.result
    let report = ThresholdReport(thresholds, run: result.summary, verdict: result.verdict)
    let text = String(
      decoding: JUnitReport.render(report, run: result.run, duration: result.summary.runTime), as: UTF8.self)
    #expect(
      text == """
        <?xml version="1.0" encoding="UTF-8"?>
        <testsuites name="llmuses" tests="3" failures="1" errors="0" time="1.002">
          <testsuite name="run &lt;1&gt;" tests="3" failures="1" errors="0" skipped="0" time="1.002">
            <properties>
              <property name="model" value="m"/>
              <property name="api" value="openai"/>
              <property name="url" value="http://h:1"/>
              <property name="version" value="1.0"/>
            </properties>
            <testcase name="the numbers can be trusted" classname="llmuses.verdict" time="0">
              <system-out>SUSPECT
        SUSPECT (few): too few &amp; &quot;small&quot;</system-out>
            </testcase>
            <testcase name="not error_rate &gt; 1%" classname="llmuses.thresholds" time="0">
              <failure message="it is 50 %, the limit 1 %" type="ThresholdMissed">it is 50 %, the limit 1 %</failure>
              <system-out>it is 50 %, the limit 1 %</system-out>
            </testcase>
            <testcase name="not qps &lt; 0.1/s" classname="llmuses.thresholds" time="0">
              <system-out>it is 0.998 /s, the limit 0.1 /s</system-out>
            </testcase>
          </testsuite>
        </testsuites>

        """)
  }

  @Test func `has the keys of vllm bench serve`() throws {
    let plain = try JSON(parsing: VLLMBenchReport.render(ExportFixture.result))
    let keys = try #require(plain.members).map(\.key)
    let statistics = ["ttft", "tpot", "itl", "e2el"].flatMap { name in
      ["mean_", "median_", "std_", "p50_", "p90_", "p95_", "p99_"].map { "\($0)\(name)_ms" }
    }
    #expect(
      keys == [
        "date", "endpoint_type", "backend", "label", "model_id", "tokenizer_id", "num_prompts", "request_rate",
        "burstiness",
        "max_concurrency", "duration", "completed", "failed", "total_input_tokens", "total_output_tokens",
        "request_throughput", "request_goodput", "output_throughput", "total_token_throughput",
        "max_output_tokens_per_s", "max_concurrent_requests", "rtfx",
      ] + statistics)
    #expect(plain["date"] == "20251124-154314")
    #expect(plain["request_rate"]?.doubleValue == 4)
    #expect(plain["mean_ttft_ms"]?.doubleValue == 250)
    #expect(plain["request_goodput"] == .null)
    let detailed = try JSON(parsing: VLLMBenchReport.render(ExportFixture.result, rows: ExportFixture.rows))
    #expect(detailed["ttfts"] == [.double(0.25), 0, 0])
    #expect(detailed["itls"] == [[.double(0.75)], [], []])
    #expect(detailed["generated_texts"] == ["hi", "", ""])
    #expect(detailed["output_lens"] == [2, 0, 0])
    #expect(detailed["errors"]?[1] == "http-503: =1+1, \"busy\"")
    for name in ["input_lens", "latencies", "start_times", "queue_times", "generated_texts"] {
      #expect(detailed[name]?.arrayValue?.count == 3, "\(name)")
    }
  }

  @Test func `has the keys of evalscope's benchmark summary`() throws {
    let summary = try JSON(parsing: EvalScopeReport.summary(ExportFixture.result, rows: ExportFixture.rows))
    #expect(
      try #require(summary.members).map(\.key) == [
        "Test Duration (s)", "Concurrency", "Request Rate (req/s)", "Total Requests", "Success Requests",
        "Failed Requests", "Stream Requests", "Non-Stream Requests",
        "Req Throughput (req/s)", "Avg Latency (s)", "Avg Input Tokens", "Output Throughput (tok/s)",
        "Total Throughput (tok/s)", "Avg TTFT (ms)", "Avg TPOT (ms)", "Avg ITL (ms)", "Avg Output Tokens",
      ])
    #expect(summary["Avg TTFT (ms)"]?.doubleValue == 250)
    #expect(summary["Stream Requests"] == 1 && summary["Non-Stream Requests"] == 0)
    #expect(summary["Request Rate (req/s)"]?.doubleValue == 4)
    let rows = EvalScopeReport.percentiles(ExportFixture.result.summary, rows: ExportFixture.rows)
    let percentiles = try JSON(parsing: rows)
    #expect(
      percentiles.arrayValue?.compactMap { $0["Percentiles"]?.stringValue }
        == ["min", "1%", "5%", "10%", "25%", "50%", "75%", "90%", "95%", "99%", "max"])
    #expect(percentiles[5]?["Latency (s)"]?.doubleValue == 1)
    #expect(percentiles[5]?["Output (tok/s)"]?.doubleValue == 2)
  }

  @Test func `traces requests in lanes that never overlap`() throws {
    var rows = ExportFixture.rows
    for index in 3..<60 {
      var row = ReportRow(index: index, due: Double(index % 17) * 0.1)
      row.sent = row.due
      row.ended = row.due + Double(index % 7) * 0.2
      rows.append(row)
    }
    var refused = ReportRow(index: 60, due: 0.2)
    refused.ended = 0.3
    refused.ending = .failure(RequestFailure(.refused, "nobody there"))
    rows.append(refused)
    let trace = try JSON(written { try TraceExport.write(rows, run: ExportFixture.result.run, to: $0) })
    let events = try #require(trace["traceEvents"]?.arrayValue)
    var ends: [Int: Double] = [:]
    var spans = 0
    for event in events where event["ph"] == "X" && event["cat"] != "part" {
      let lane = try #require(event["tid"]?.intValue)
      let start = try #require(event["ts"]?.doubleValue)
      #expect(start >= ends[lane] ?? 0)
      ends[lane] = start + (event["dur"]?.doubleValue ?? 0) - 1e-3
      spans += 1
    }
    #expect(spans == 60, "a request that was never sent has no span, one that got no connection has")
    #expect(events.contains { $0["name"] == "refused" && $0["ph"] == "i" })
    #expect(events.contains { $0["name"] == "http-503" && $0["ph"] == "i" })
    let first = try #require(events.first { $0["name"] == "request 0" })
    #expect(first["ts"]?.doubleValue == 500_500, "from the start of connecting")
    let names = events.filter { $0["tid"] == first["tid"] && $0["cat"] == "part" }.compactMap {
      $0["name"]?.stringValue
    }
    #expect(names.prefix(3) == ["connect", "first token", "decode"])
    #expect(events.last { $0["ph"] == "C" }?["args"]?["requests"]?.intValue == 0)
  }

  @Test(arguments: [
    (0.0, "1970-01-01 00:00:00 UTC"), (951_782_400, "2000-02-29 00:00:00 UTC"),
    (1_763_998_994.9, "2025-11-24 15:43:14 UTC"),
    (-1, "1969-12-31 23:59:59 UTC"), (4_107_542_399, "2100-02-28 23:59:59 UTC"),
  ])
  func `tells the date of a moment`(seconds: Double, text: String) {
    #expect(CivilTime(secondsSince1970: seconds).text == text)
  }

  @Test func `takes a row from a record`() {
    var record = RequestRecord(index: 7, dueAt: RunInstant(nanoseconds: 1_000_000_000))
    record.sentAt = RunInstant(nanoseconds: 1_001_000_000)
    record.isStreamed = true
    record.tokenEventTimes = [1_201, 1_301, 1_501].map { RunInstant(nanoseconds: $0 * 1_000_000) }
    record.firstTokenAt = record.tokenEventTimes.first
    record.lastTokenAt = record.tokenEventTimes.last
    record.endedAt = RunInstant(nanoseconds: 1_600_000_000)
    record.usage.output = 4
    record.bodies = RequestBodies(request: [], text: Array("hi".utf8))
    let row = ReportRow(record, countedBy: .usage, .whole)
    #expect(row.text == "hi")
    #expect(row.timeToFirstToken == 0.2)
    #expect(row.latency == 0.5)
    #expect(row.finished == 1.501)
    #expect(row.gaps == [0.1, 0.2])
    #expect(row.timePerOutputToken.map { abs($0 - 0.1) < 1e-12 } == true)
    #expect(row.scheduleLag.map { abs($0 - 0.001) < 1e-12 } == true)
    #expect(ReportRow(record, countedBy: .tokenizer).outputTokens == nil)
    let plain = ReportRow(record, countedBy: .usage)
    #expect(plain.gaps.isEmpty && plain.text.isEmpty)
  }

  private func written(_ export: (@escaping ByteOutput) throws -> Void) rethrows -> String {
    var bytes: [UInt8] = []
    try export { bytes += $0 }
    return String(decoding: bytes, as: UTF8.self)
  }
}
