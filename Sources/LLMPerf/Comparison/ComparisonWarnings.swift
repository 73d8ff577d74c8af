/// Why runs may not be comparable: differences that explain others, and numbers that cannot be trusted.
struct ComparisonWarnings {
  private let comparison: RunComparison

  init(_ comparison: RunComparison) {
    self.comparison = comparison
  }

  /// Every warning, those of what was asked first.
  var all: [String] { differences + trust + samples }

  private static let reasons: [(names: Set<String>, text: String)] = [
    (["model"], "the models differ, so do tokens and the work behind them"),
    (["api"], "the protocols differ, so a first token may not be the same thing"),
    (
      ["dataset", "dataset-path", "prompt", "min-prompt-length", "max-prompt-length"],
      "the prompts come from different data"
    ),
    (["query-template"], "the requests were built differently"),
    (["seed"], "the seeds differ, so do arrivals and anything else that was drawn"),
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
      if result.summary.isPartial { warnings.append("\(label) was cut short") }
    }
    let sources = comparison.runs.map(\.summary.tokenSource)
    if Set(sources).count > 1 {
      warnings.append(
        "tokens were counted differently (\(sources.map(\.rawValue).joined(separator: " / "))), so metrics of tokens do not compare"
      )
    }
    return warnings
  }

  private var samples: [String] {
    var warnings: [String] = []
    for (position, label) in comparison.labels.enumerated() {
      let metric = comparison.metrics.first { $0.metric == .latency }
      guard let values = metric?.values[position], values.count > 0 else {
        warnings.append("\(label) has no successful request")
        continue
      }
      if values.count < 20 {
        warnings.append("\(label) has \(values.count) successful requests; only large differences can be seen")
      } else if values.effectiveCount < 20 {
        warnings.append(
          "\(label)'s latencies depend so much on one another that \(values.count) requests tell no more than \(NumberText.short(values.effectiveCount)) independent ones"
        )
      }
    }
    return warnings
  }

  private func shortened(_ text: String) -> String { text.count > 60 ? text.prefix(60) + "…" : text }
}
