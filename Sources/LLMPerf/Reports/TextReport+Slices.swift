extension TextReport {
  /// The slices, a table for each key; nothing where all requests were of one kind.
  var sliceLines: [String] {
    var keys: [String] = []
    for slice in summary.slices where !keys.contains(slice.key) { keys.append(slice.key) }
    return keys.enumerated().flatMap { place, key in
      (place == 0 ? [] : [""]) + table(of: summary.slices.filter { $0.key == key }, by: key)
    }
  }

  private func table(of slices: [RunSlice], by key: String) -> [String] {
    let hasTokens = slices.contains { $0.rates.outputTokens != nil }
    let hasObjectives = slices.contains { $0.objectives.attainment != nil }
    var titles = ["By \(key), times in ms", "n", "failed", "requests/s"]
    if hasTokens { titles.append("tokens/s") }
    titles += ["TTFT p50", "p99", "TPOT p50", "latency p50", "p99"]
    if hasObjectives { titles.append("attainment") }
    var table = ReportTable(titles)
    for slice in slices {
      var cells = [slice.name.oneLine(atMost: 40), String(slice.counts.total), String(slice.counts.failed)]
      cells.append(NumberText.fixed(slice.rates.requests, digits: 3))
      if hasTokens { cells.append(NumberText.fixed(slice.rates.outputTokens, digits: 1)) }
      cells += [
        cell(slice.times.timeToFirstToken, 50), cell(slice.times.timeToFirstToken, 99),
        cell(slice.times.timePerOutputToken, 50), cell(slice.times.latency, 50), cell(slice.times.latency, 99),
      ]
      if hasObjectives { cells.append(NumberText.percent(slice.objectives.attainment)) }
      table.add(cells)
    }
    return table.lines
  }

  /// A percentile, marked where the sample is too small for it.
  private func cell(_ sample: Distribution, _ p: Double) -> String {
    guard let value = sample.percentile(p) else { return "-" }
    return NumberText.milliseconds(value) + (p > 50 && sample.hasTooFew(for: p) ? "*" : "")
  }
}
