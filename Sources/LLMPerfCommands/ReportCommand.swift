import ArgumentParser
import LLMPerf
import LLMPerfExport
import LLMPerfSQLite

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Print a run's report again from its database.",
    discussion: "Works on the database of a run that was cut off, too: the report is then of what was recorded.")

  /// What a report can be.
  enum Format: String, ExpressibleByArgument, CaseIterable {
    case text, json, csv, jsonl, markdown, junit, html, vllm, evalscope
    case evalscopePercentiles = "evalscope-percentiles"
    case trace

    /// Whether it says how thresholds came out.
    var showsThresholds: Bool { [.text, .markdown, .junit, .html].contains(self) }

    /// Whether the verdict stands in it.
    var showsVerdict: Bool { self == .json || showsThresholds }
  }

  @Option(
    help: ArgumentHelp(
      "Form of the report: vllm as vLLM's bench serve writes it, evalscope and evalscope-percentiles as EvalScope's benchmark_summary.json and benchmark_percentile.json, trace for Chrome and Perfetto. Default: text.",
      valueName: "format"))
  var format: Format?

  @Flag(help: "The same as --format html.")
  var html = false

  @Flag(help: "With csv and jsonl: the run's numbers instead of one row a request.")
  var summary = false

  @Option(name: [.short, .long], help: ArgumentHelp("Write to this file; '-' is standard output.", valueName: "file"))
  var output = "-"

  @Option(
    help: ArgumentHelp(
      "Exit with 99 when this holds, and say so: with text, markdown, junit and html; see perf.", valueName: "condition"
    ))
  var failIf: [String] = []

  @Option(help: ArgumentHelp("The run that --fail-if compares with.", valueName: "old.db"))
  var baseline: String?

  @Flag(help: "Let an INVALID run pass the thresholds.")
  var allowInvalid = false

  @Argument(help: ArgumentHelp("The run's database.", valueName: "run.db"))
  var database: String

  func run() throws {
    try Files.checkDatabase(database)
    try require(!html || format == nil || format == .html, "--html and --format exclude each other; give one of them")
    let format = html ? .html : format ?? .text
    try require(!summary || format == .csv || format == .jsonl, "--summary is for --format csv and jsonl")
    try require(
      failIf.isEmpty || format.showsThresholds, "--fail-if is for --format text, markdown, junit and html")
    try require(!allowInvalid || !failIf.isEmpty, "--allow-invalid is about thresholds: give --fail-if")
    let thresholds = try failIf.map { try Threshold(parsing: $0) }
    try ThresholdReport.check(thresholds, hasBaseline: baseline != nil)
    try require(
      baseline == nil || thresholds.contains(where: \.needsBaseline),
      "--baseline is for thresholds that name it, such as --fail-if 'p95(latency) > 1.1 × baseline'")
    let old = try baseline.map { try SavedRun.baseline($0) }
    let saved = try SavedRun(path: database)
    if !format.showsVerdict {
      for reason in saved.reasonsOfDamage { StandardStreams.error.write("llmuses: \(database): \(reason.message)\n") }
    }
    let checked =
      thresholds.isEmpty
      ? nil
      : ThresholdReport(
        thresholds, run: saved.result.summary, verdict: saved.result.verdict, baseline: old,
        allowsInvalid: allowInvalid)
    var bytes: [UInt8] = []
    try render(saved, format, checked) { bytes += $0 }
    try Files.write(bytes, to: output, option: "--output")
    if let checked, !checked.isPassed { throw ExitStatus.thresholdMissed }
  }

  private func render(
    _ saved: SavedRun, _ format: Format, _ thresholds: ThresholdReport?, to output: @escaping ByteOutput
  ) throws {
    let result = saved.result
    switch format {
    case .text:
      let lines = [TextReport.render(result)] + (thresholds?.lines ?? []).map { $0 + "\n" }
      try output(Array(lines.joined().utf8))
    case .json: try output(JSONReport.make(result).utf8(indented: true) + [0x0A])
    case .csv where summary: try output(CSVExport.summary(result.summary))
    case .csv: try CSVExport.write(try saved.rows(), to: output)
    case .jsonl where summary: try output(JSONLinesExport.summary(result.summary))
    case .jsonl: try JSONLinesExport.write(try saved.rows(), to: output)
    case .markdown: try output(MarkdownReport.render(result, thresholds: thresholds))
    case .junit:
      let report = thresholds ?? ThresholdReport([], run: result.summary, verdict: result.verdict)
      try output(JUnitReport.render(report, run: result.run, duration: result.summary.runTime))
    case .html:
      try output(HTMLReport.render(SavedRun.page(saved.path, result, thresholds)))
    case .vllm: try output(VLLMBenchReport.render(result, rows: try saved.rows(.whole)))
    case .evalscope: try output(EvalScopeReport.summary(result, rows: try saved.rows()))
    case .evalscopePercentiles:
      try output(EvalScopeReport.percentiles(result.summary, rows: try saved.rows()))
    case .trace: try TraceExport.write(try saved.rows(), run: result.run, to: output)
    }
  }
}
