extension Judgement {
  /// Whether the answers tell what they seem to.
  var reasonsOfSample: [Verdict.Reason] {
    [cutShort, cutRequests, failures, tooFew, tokenDisagreement, missingCounts, repeatedPrompts, sharedPrefix]
      .compactMap(\.self)
      + remarks
  }

  private var cutShort: Verdict.Reason? {
    guard summary.isPartial else { return nil }
    let left = summary.counts.neverSent > 0 ? "; \(summary.counts.neverSent) requests were due and never sent" : ""
    return .init(.suspect, code: "cut-short", "the run ended before its time\(left)")
  }

  private var cutRequests: Verdict.Reason? {
    guard summary.counts.cut > 0 else { return nil }
    let share = Double(summary.counts.cut) / Double(summary.counts.total + summary.counts.cut)
    return .init(
      share > VerdictRules.largestCutShare ? .suspect : .valid, code: "cut-requests",
      "\(NumberText.percent(share)) of the requests were cut by the end of the run, long answers first, so the times are those "
        + "of the shorter ones; send for longer, or give them more time with --grace")
  }

  private var failures: Verdict.Reason? {
    if summary.counts.total == 0 { return .init(.invalid, code: "no-requests", "no request ended") }
    if summary.counts.succeeded == 0 {
      let cause = summary.failures.first.map { ", most as \($0.code)" } ?? ""
      return .init(.invalid, code: "all-failed", "every request failed\(cause); see the failures by class")
    }
    guard let rate = summary.counts.errorRate, rate > VerdictRules.largestErrorRate else { return nil }
    return .init(
      .suspect, code: "many-failures",
      "\(NumberText.percent(rate)) of the requests failed, so the times are those of the lucky ones; see the failures by class"
    )
  }

  private var tooFew: Verdict.Reason? {
    guard summary.counts.succeeded > 0, summary.counts.succeeded < VerdictRules.fewestSuccesses else { return nil }
    return .init(
      .suspect, code: "too-few-samples",
      "\(summary.counts.succeeded) successes say little; send at least \(VerdictRules.fewestSuccesses) requests, "
        + "100 for a p99")
  }

  private var tokenDisagreement: Verdict.Reason? {
    guard let share = summary.tokens.disagreement, let mean = summary.tokens.usageOutput, mean > 0 else { return nil }
    let forgiven = VerdictRules.tokensForgivenPerRequest * Double(summary.tokens.requestsWithBothCounts) / Double(mean)
    guard share - forgiven > VerdictRules.largestTokenDisagreement else { return nil }
    return .init(
      .suspect, code: "token-disagreement",
      "service and tokenizer differ by \(NumberText.percent(share)) of the output tokens; check --tokenizer-path")
  }

  private var missingCounts: Verdict.Reason? {
    TokenCoverage(summary).sentence.map { .init(.valid, code: "token-counts-missing", $0) }
  }

  /// What was noticed in answers; once for the run, however many there were.
  private var remarks: [Verdict.Reason] {
    summary.remarks.map { remark in
      let answers = remark.count == 1 ? "1 answer" : "\(remark.count) answers"
      let words =
        switch remark.remark {
        case .guessedOutput:
          "the output of \(answers) stood where this protocol has none, and was taken for output by guess; "
            + "check --api, or describe the protocol with --api-spec"
        case .foreignText:
          "\(answers) had text beside the output in members that this protocol does not know; it was left out"
        case .countsLeftOut:
          "token counts of the service were left out in \(answers): negative, fractions, above 2^53, falling, "
            + "0 beside output, or a part larger than the whole"
        case .brokenText:
          "the text of \(answers) has bytes or escapes that are no characters, or U+FFFD in their place"
        case .missedOutput:
          "the service counts output tokens in \(answers) in whose stream no output was found, so they have no times of "
            + "tokens; check --api, or describe the protocol with --api-spec"
        default:
          "\(answers) had no blank line between events; each line that was JSON by itself was read as an event"
        }
      return .init(.valid, code: remark.remark.names ?? "remark", words)
    }
  }

  private var repeatedPrompts: Verdict.Reason? {
    guard let share = summary.prompts.repeatedShare, share > VerdictRules.largestRepeatedShare else { return nil }
    let seen = "\(NumberText.percent(share)) of the prompts were sent before"
    if let cached {
      return .init(cached.level, code: "repeated-prompts", "\(seen), and \(cached.words); use more prompts")
    }
    if let length = summary.prompts.meanLength, length < VerdictRules.cacheablePromptLength {
      return .init(.valid, code: "repeated-prompts", "\(seen); they are too short for a prefix cache to matter")
    }
    return .init(
      .suspect, code: "repeated-prompts", "\(seen), and a prefix cache may have answered them; use more prompts")
  }

  private var sharedPrefix: Verdict.Reason? {
    guard let share = summary.prompts.sharedPrefixShare, share > VerdictRules.largestRepeatedShare else { return nil }
    let seen = "\(NumberText.percent(share)) of the prompts were new, but their first 1,024 bytes had been sent before"
    let advice = "let prompts differ from their beginning, unless the load in production begins alike too"
    guard let cached else {
      return .init(.valid, code: "shared-prefix", "\(seen), and a prefix cache may have answered those; \(advice)")
    }
    return .init(cached.level, code: "shared-prefix", "\(seen), and \(cached.words); \(advice)")
  }

  /// What the service tells of its prefix cache; nil when it tells nothing.
  private var cached: (level: Verdict.Level, words: String)? {
    guard let cached = summary.tokens.totalCached, let input = summary.tokens.usageInput, input > 0 else { return nil }
    let share = Double(cached) / Double(input)
    return (
      share > VerdictRules.largestCachedShare ? .suspect : .valid,
      "the service found \(NumberText.percent(share)) of the prompt tokens in its cache"
    )
  }
}
