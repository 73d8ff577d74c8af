/// Why runs may not be comparable: differences that explain others, and numbers that cannot be trusted.
struct ComparisonWarnings {
  private let comparison: RunComparison

  init(_ comparison: RunComparison) {
    self.comparison = comparison
  }

  /// Every warning, those of what was asked first.
  var all: [String] { repeated + differences + trust + samples }

  /// Runs that were given twice: of course they do not differ.
  private var repeated: [String] {
    let runs = comparison.runs.map(\.run)
    return runs.indices.compactMap { index in
      let other = runs[..<index].firstIndex {
        $0.wallClockStart == runs[index].wallClockStart && $0.seed == runs[index].seed && $0.name == runs[index].name
      }
      return other.map { "\(comparison.labels[$0]) and \(comparison.labels[index]) are one and the same run" }
    }
  }

  private static let reasons: [(names: Set<String>, text: String)] = [
    (["model"], "the models differ, so do tokens and the work behind them"),
    (["api"], "the protocols differ, so a first token may not be the same thing"),
    (
      ["dataset", "dataset-path", "prompt", "min-prompt-length", "max-prompt-length"],
      "the prompts come from different data"
    ),
    (["query-template"], "the requests were built differently"),
    (["seed"], "the seeds differ, so requests arrived at other times; --seed makes them the same"),
    (
      ["parallel", "rate", "number", "duration", "arrival", "max-in-flight"],
      "the load differs: a service under another load is another service"
    ),
  ]

  private var differences: [String] {
    Self.reasons.compactMap { reason in
      let found = comparison.configuration.filter { reason.names.contains($0.name) }
      guard !found.isEmpty else { return nil }
      let values = found.map { difference in
        "\(difference.name): "
          + difference.values.map { $0.map { shortened($0) } ?? "not given" }.joined(separator: " / ")
      }
      return "\(reason.text) (\(values.joined(separator: "; ")))"
    }
  }

  private var trust: [String] {
    var warnings: [String] = []
    for (label, result) in zip(comparison.labels, comparison.runs) {
      if result.verdict.level > .valid {
        let reason = result.verdict.reasons.first.map { ": \($0.message)" } ?? ""
        warnings.append("\(label) is \(result.verdict.level.rawValue)\(reason)")
      }
      if result.summary.isPartial, !result.verdict.reasons.prefix(1).contains(where: { $0.code == "cut-short" }) {
        warnings.append("\(label) was cut short")
      }
    }
    let sources = comparison.runs.map(\.summary.tokens.source)
    if Set(sources).count > 1 {
      warnings.append(
        "tokens were counted differently (\(sources.map(\.rawValue).joined(separator: " / "))), so metrics of tokens do not compare"
      )
    }
    return warnings + cache
  }

  /// A service that has seen the prompts before, perhaps from the run before, need not read them again.
  private var cache: [String] {
    let shares = comparison.runs.map { result -> Double? in
      guard let input = result.summary.tokens.totalInput, input > 0 else { return nil }
      return result.summary.tokens.totalCached.map { Double($0) / Double(input) }
    }
    let known = shares.compactMap(\.self)
    guard let least = known.min(), let most = known.max(), most - least > VerdictRules.largestCachedShare else {
      return []
    }
    let texts = shares.map { $0.map { NumberText.percent($0) } ?? "not known" }
    return [
      "the service took different shares of the prompts from its cache (\(texts.joined(separator: " / "))), so times to first token do not compare"
    ]
  }

  private var samples: [String] {
    var warnings: [String] = []
    for (position, label) in comparison.labels.enumerated() {
      let count = comparison.runs[position].summary.counts.succeeded
      guard count > 0 else {
        warnings.append("\(label) has no successful request")
        continue
      }
      let values = comparison.metrics.first { $0.metric == .latency }?.values[position]
      if count < VerdictRules.fewestSuccesses {
        warnings.append(
          "\(label) has \(count) successful request\(count == 1 ? "" : "s"); only large differences can be seen")
      } else if let values, values.effectiveCount < Double(VerdictRules.fewestSuccesses) {
        warnings.append(
          "\(label)'s latencies depend so much on one another that \(values.count) requests tell no more than \(NumberText.short(values.effectiveCount)) independent ones"
        )
      }
    }
    return warnings
  }

  private func shortened(_ text: String) -> String { text.count > 60 ? text.prefix(60) + "…" : text }
}
