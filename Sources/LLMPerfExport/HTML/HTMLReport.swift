import LLMPerf

/// A run as one self-contained HTML file: it asks the network for nothing, follows the reader's light or dark theme, prints
/// on paper, and needs no script to be read.
public enum HTMLReport {
  /// The file's bytes.
  ///
  /// The cost is a few passes over the rows; the file's size does not grow with their number, as charts are drawn from
  /// slices, percentiles and a sample.
  ///
  /// - Throws: only were one of the tool's own templates broken.
  public static func render(_ input: HTMLReportInput) throws -> [UInt8] {
    let run = input.result.run
    let verdict = input.result.verdict
    let rows = input.rows.filter { $0.phase == .measured }
    let sections = ReportSections(input: input, rows: rows).all
    let tiles = HeadlineTiles(summary: input.result.summary).all
    return try HTMLPage().render(
      "report",
      [
        "title": run.name, "version": run.version, "facts": facts(run), "verdict": verdict.level.rawValue,
        "verdictClass": verdictClass(verdict.level), "verdictMeaning": meaning(verdict.level),
        "hasReasons": !verdict.reasons.isEmpty,
        "reasons": verdict.reasons.map { words(of: $0, in: verdict) },
        "tiles": tiles, "columns": HeadlineTiles.columns(for: tiles.count), "sections": sections.map(\.context),
      ])
  }

  private static func facts(_ run: RunDescription) -> [String] {
    [
      run.model, run.api, run.url, load(of: run),
      CivilTime(secondsSince1970: run.wallClockStart).text,
    ].filter { !$0.isEmpty }
  }

  private static func load(of run: RunDescription) -> String {
    if let parallel = run.parallel { return "\(parallel) in parallel" }
    let rate = run.configuration.first { $0.name == "rate" }?.value.doubleValue ?? -1
    return rate > 0 ? "open loop, \(NumberText.short(rate)) requests/s" : "open loop, all at once"
  }

  /// A reason, with its weight where that is not the verdict's.
  private static func words(of reason: Verdict.Reason, in verdict: Verdict) -> String {
    if reason.level == verdict.level { return reason.message }
    return "\(reason.level == .valid ? "note" : reason.level.rawValue): \(reason.message)"
  }

  private static func verdictClass(_ level: Verdict.Level) -> String {
    switch level {
    case .valid: "good"
    case .suspect: "warn"
    case .invalid: "bad"
    }
  }

  private static func meaning(_ level: Verdict.Level) -> String {
    switch level {
    case .valid: "These numbers are the service's."
    case .suspect: "These numbers may be off, or mean less than they seem to."
    case .invalid: "These numbers are not the service's."
    }
  }
}
