extension TextReport {
  /// Throughput over the run and the steady window, and the rates of an open loop.
  var loadLines: [String] {
    let window = summary.steadyWindow
    var table = ReportTable(["Per second", "whole run", window == nil ? "" : "steady window"])
    table.add([
      "requests", NumberText.fixed(summary.rates.requests, digits: 3),
      window.map { NumberText.fixed($0.requestThroughput, digits: 3) } ?? "",
    ])
    if summary.rates.outputTokens != nil {
      table.add([
        "output tokens", NumberText.fixed(summary.rates.outputTokens, digits: 1),
        window.map { NumberText.fixed($0.outputTokenThroughput, digits: 1) } ?? "",
      ])
    }
    if let total = summary.rates.allTokens {
      table.add(["input + output tokens", NumberText.fixed(total, digits: 1)])
    }
    if let inputs = summary.rates.inputs { table.add(["inputs", NumberText.fixed(inputs, digits: 3)]) }
    if let events = summary.rates.events { table.add(["events", NumberText.fixed(events, digits: 1)]) }
    if let offered = summary.rates.offered { table.add(["requests offered", NumberText.fixed(offered, digits: 3)]) }
    if summary.rates.offered != nil {
      table.add(["requests sent", NumberText.fixed(summary.rates.achieved, digits: 3)])
    }
    var lines = table.lines
    if let window {
      lines += wrapped(
        "The steady window is \(NumberText.fixed(window.start, digits: 2)) s to \(NumberText.fixed(window.end, digits: 2)) s after the start, "
          + "with \(NumberText.fixed(window.meanInFlight, digits: 1)) in flight.")
    } else {
      lines += wrapped("No steady window: the run was too short, or the number in flight never settled.")
    }
    lines.append("  Most in flight at once: \(summary.inFlight.peak)")
    if summary.counts.neverSent > 0 {
      lines.append("  Due before sending ended, and never sent: \(summary.counts.neverSent)")
    }
    if summary.counts.cut > 0 {
      lines.append("  Cut by the end of the run: \(summary.counts.cut), neither successes nor failures")
    }
    if summary.counts.abandoned > 0 {
      lines.append("  Left before their end by a rule: \(summary.counts.abandoned), neither successes nor failures")
    }
    if summary.counts.skipped > 0 {
      lines.append("  Skipped, since their session ended before them: \(summary.counts.skipped)")
    }
    if summary.counts.retried > 0 {
      lines.append(
        "  Sent again on a new connection: \(summary.counts.retried), since the kept-alive one closed before an answer began"
      )
    }
    return lines
  }

  /// Where the token counts come from, and how they compare.
  var tokenLines: [String] {
    var lines = wrapped("Tokens: \(sourceText)")
    var table = ReportTable(["", "input", "output", "reasoning", "cached"])
    if summary.tokens.usageInput != nil || summary.tokens.usageOutput != nil {
      table.add([
        "service", NumberText.whole(summary.tokens.usageInput), NumberText.whole(summary.tokens.usageOutput),
        NumberText.whole(summary.tokens.totalReasoning), NumberText.whole(summary.tokens.totalCached),
      ])
    }
    if summary.tokens.countedInput != nil || summary.tokens.countedOutput != nil {
      table.add([
        "tokenizer", NumberText.whole(summary.tokens.countedInput), NumberText.whole(summary.tokens.countedOutput),
      ])
    }
    if !table.isEmpty { lines += table.lines }
    if run.api == "anthropic", run.configuration.first(where: { $0.name == "query-template" })?.value == .null {
      lines += wrapped(
        "Answers end at \(NumberText.grouped(AnthropicAPI.defaultLimit)) tokens at the latest: the max_tokens that is sent "
          + "without --query-template.")
    }
    if let share = summary.tokens.disagreement {
      lines += wrapped("Service and tokenizer differ by \(NumberText.percent(share)) of the output tokens.")
    }
    let perUser = summary.times.outputRatePerUser
    if let p50 = perUser.percentile(50), let mean = perUser.mean {
      lines.append(
        "  Output rate per user: mean \(NumberText.fixed(mean, digits: 2)), p50 \(NumberText.fixed(p50, digits: 2)) tokens/s"
      )
    }
    return lines
  }

  private var sourceText: String {
    switch summary.tokens.source {
    case .usage: "as the service reports them"
    case .tokenizer: "as our tokenizer counts them"
    case .none: "not known for every success, so there are no numbers of tokens"
    }
  }

  /// The objectives and how many requests kept them.
  var objectiveLines: [String] {
    guard !summary.objectives.each.isEmpty else { return [] }
    var table = ReportTable(["Objective", "attainment", "from the due time"])
    for result in summary.objectives.each {
      table.add([
        result.objective.description, NumberText.percent(result.attainment),
        NumberText.percent(result.scheduledAttainment),
      ])
    }
    table.add([
      "all of them", NumberText.percent(summary.objectives.attainment),
      NumberText.percent(summary.objectives.scheduledAttainment),
    ])
    return table.lines
      + wrapped(
        "Goodput: \(NumberText.fixed(summary.objectives.goodput, digits: 3)) requests/s, from the due time "
          + "\(NumberText.fixed(summary.objectives.scheduledGoodput, digits: 3)); attainment is over all scheduled requests"
      )
  }

  /// The failures by class, with one message each.
  var failureLines: [String] {
    guard !summary.failures.isEmpty else { return [] }
    let width = summary.failures.map { $0.code.description.count }.max() ?? 0
    let digits = summary.failures.map { String($0.count).count }.max() ?? 0
    return ["  Failures: \(NumberText.percent(summary.counts.errorRate)) of the requests"]
      + summary.failures.map { failure in
        let code = failure.code.description
        let count = String(failure.count)
        let padding = String(repeating: " ", count: width - code.count + digits - count.count)
        return "    \(code)\(padding)  \(count)  \(shortened(failure.sample, to: columns - 10 - width - digits))"
      }
  }

  private func shortened(_ text: String, to length: Int) -> String {
    text.count <= length ? text : text.prefix(max(length, 20) - 1) + "…"
  }

  /// How the client itself fared.
  var clientLines: [String] {
    let facts = clientFacts
    guard !facts.isEmpty else { return [] }
    let width = facts.map(\.0.count).max() ?? 0
    return ["  Client"] + facts.map { "    \($0)\(String(repeating: " ", count: width - $0.count))  \($1)" }
  }

  /// How the client of `result` fared, in the words of this report.
  package static func clientFacts(of result: RunResult) -> [(name: String, value: String)] {
    TextReport(result).clientFacts.map { (name: $0, value: $1) }
  }

  private var clientFacts: [(String, String)] {
    var facts: [(String, String)] = []
    for thread in health.threads {
      let peak = thread.peakCPUShare.map { ", \(NumberText.percent($0)) at most" } ?? ""
      let wait = thread.waitShare.map { ", waiting for a processor \(NumberText.percent($0))" } ?? ""
      facts.append(("CPU of \(thread.name)", "\(NumberText.percent(thread.cpuShare))\(peak)\(wait)"))
    }
    if let use = health.totalCPUUse {
      let count = NumberText.rounded(health.processorCount, digits: 2)
      facts.append(("CPU in all", "\(NumberText.fixed(use, digits: 2)) of \(count) processors"))
    }
    if let share = health.throttledShare, share > 0 {
      facts.append(("stopped by its CPU limit", NumberText.percent(share)))
    }
    if let stall = health.longestLoopStall {
      let p99 = health.loopStallP99.map { ", p99 \(NumberText.milliseconds($0)) ms" } ?? ""
      facts.append(("event loop away", "\(NumberText.milliseconds(stall)) ms at most\(p99)"))
    }
    if let backlog = health.recorderBacklogPeak { facts.append(("waiting to be recorded", "\(backlog) at most")) }
    if let lag = health.databaseLagPeak {
      facts.append(("database behind", "\(NumberText.milliseconds(lag)) ms at most"))
    }
    if let backlog = health.socketBacklogPeak {
      facts.append(("waiting in one socket", "\(NumberText.bytes(backlog)) at most"))
    }
    if let steps = health.clockSteps, steps > 0, let step = health.largestClockStep {
      facts.append(("wall clock set", "\(steps) times, by \(NumberText.fixed(step, digits: 3)) s at most"))
    }
    if let count = health.disbelievedStamps, count > 0 { facts.append(("stamps not believed", String(count))) }
    if let memory = health.residentMemoryPeak { facts.append(("memory", "\(NumberText.bytes(memory)) at most")) }
    if let share = summary.client.kernelStampedShare {
      facts.append(("stamped by the kernel", NumberText.percent(share)))
    }
    return facts + calibrationFacts
  }

  private var calibrationFacts: [(String, String)] {
    guard let calibration = health.calibration else { return [] }
    var facts: [(String, String)] = []
    if let events = calibration.eventCeiling {
      facts.append(("ceiling of events", "\(NumberText.significant(events)) a second"))
    }
    if let requests = calibration.requestCeiling {
      facts.append(("ceiling of requests", "\(NumberText.significant(requests)) a second"))
    }
    if let p50 = calibration.addedTimeToFirstTokenP50, let p99 = calibration.addedTimeToFirstTokenP99 {
      facts.append(
        ("client adds to TTFT", "p50 \(NumberText.milliseconds(p50)) ms, p99 \(NumberText.milliseconds(p99)) ms"))
    }
    if let p50 = calibration.addedGapP50, let p99 = calibration.addedGapP99 {
      facts.append(
        ("client adds to gaps", "p50 \(NumberText.milliseconds(p50)) ms, p99 \(NumberText.milliseconds(p99)) ms"))
    }
    if let count = calibration.addedCount, count < Calibration.fewestForP99 {
      facts.append(("", "from \(count) answers, too few for p99: it is the largest"))
    }
    return facts
  }

  /// The reasons, and the verdict as the last line.
  var verdictLines: [String] {
    verdict.reasons.flatMap { wrapped("\($0.title) (\($0.code)): \($0.message)") } + [
      "Verdict: \(verdict.level.rawValue)"
    ]
  }
}
