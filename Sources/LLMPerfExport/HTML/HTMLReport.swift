import LLMPerf

/// A run as one self-contained HTML file: it asks the network for nothing, follows the reader's light or dark theme, prints
/// on paper, and needs no script to be read.
public enum HTMLReport {
  /// The file's bytes.
  ///
  /// The cost is a few passes over the rows; the file's size does not grow with their number, as charts are drawn from
  /// slices, percentiles and a sample.
  public static func render(_ input: HTMLReportInput) -> [UInt8] {
    let run = input.result.run
    let rows = input.rows.filter { $0.phase == .measured }
    let sections = ReportSections(input: input, rows: rows).all
    let tiles = HeadlineTiles(summary: input.result.summary).all
    let body: Markup = #"""
      <header>
      <h1>\#(run.name)</h1>
      <p class="sub">\#(facts(run).map { "<span>\($0)</span>" as Markup }.joined())</p>
      <nav aria-label="Sections">\#(sections.map(link).joined())</nav>
      </header>
      <main>
      \#(banner(input.result.verdict))
      <dl class="tiles" style="--columns:\#(HeadlineTiles.columns(for: tiles.count))" aria-label="Headline numbers">
      \#(tiles.joined())</dl>
      \#(sections.map(\.markup).joined())</main>
      <footer>Written by llmuses \#(run.version). Percentiles are by nearest rank, never interpolated.</footer>

      """#
    return PageFrame(title: run.name, version: run.version, body: body).bytes
  }

  private static func link(to section: PageSection) -> Markup {
    ##"<a href="#\##(section.id)">\##(section.heading)</a>"##
  }

  private static func banner(_ verdict: Verdict) -> Markup {
    let reasons = verdict.reasons.map { "<li>\(words(of: $0, in: verdict))</li>" as Markup }.joined()
    let list: Markup = verdict.reasons.isEmpty ? "" : "<ul>\(reasons)</ul>"
    return #"""
      <section class="verdict \#(verdictClass(verdict.level))" aria-label="Verdict">
      <p><b>\#(verdict.level.rawValue)</b> \#(meaning(verdict.level))</p>
      \#(list)
      </section>
      """#
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
