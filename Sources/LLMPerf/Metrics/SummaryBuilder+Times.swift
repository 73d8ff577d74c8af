extension SummaryBuilder {
  /// The times of the requests of each part, whose numbers of requests are `counts`.
  func times(of counts: [RequestCounts], _ rows: RowParts, by source: TokenSource) throws -> [RequestTimes] {
    var times = Array(repeating: RequestTimes(), count: rows.count)
    func set(_ path: WritableKeyPath<RequestTimes, Distribution>, _ samples: [Distribution]) {
      for (part, sample) in samples.enumerated() { times[part][keyPath: path] = sample }
    }
    func samples(_ metric: RequestMetric) throws -> [Distribution] {
      rows.samples(of: try columns.seconds(of: metric, by: source))
    }
    set(\.latency, try samples(.latency))
    set(\.timeToFirstToken, try samples(.timeToFirstToken))
    set(\.responseTime, try samples(.responseTime))
    set(\.scheduledTimeToFirstToken, try samples(.scheduledTimeToFirstToken))
    set(\.timeToFirstOutput, try samples(.timeToFirstOutput))
    set(\.maxStall, try samples(.maxStall))
    set(\.connectTime, try samples(.connectTime))
    set(\.timePerOutputToken, try samples(.timePerOutputToken))
    set(
      \.outputRatePerUser,
      rows.samples(of: try columns.seconds(of: .timePerOutputToken, by: source).map { $0 > 0 ? 1 / $0 : .nan }))
    // Failures as +∞ only matter where there are some.
    let failures = counts.map(\.failed)
    if failures.contains(where: { $0 > 0 }) {
      set(
        \.latencyWithFailures,
        rows.samples(of: try columns.seconds(of: .latency, by: source), failures: failures))
      set(
        \.responseTimeWithFailures,
        rows.samples(of: try columns.seconds(of: .responseTime, by: source), failures: failures))
    } else {
      set(\.latencyWithFailures, times.map(\.latency))
      set(\.responseTimeWithFailures, times.map(\.responseTime))
    }
    return times
  }

  /// How late the client was with the requests of each part.
  func clientTimes(
    of tallies: [PartTally], _ rows: RowParts, _ times: [RequestTimes], _ options: SummaryOptions
  ) throws -> [ClientTimes] {
    let scheduleLags = rows.samples(of: try columns.seconds(of: .scheduleLag, by: .none))
    let startLags = rows.samples(of: try startLags(options))
    let readDelays = rows.samples(of: try columns.seconds(.readDelay))
    let firstSlacks = rows.samples(of: try columns.seconds(.firstSlack))
    let hasSlack = firstSlacks.contains { $0.max ?? 0 > 0 }
    let earliest = hasSlack ? rows.samples(of: try earliestTimesToFirstToken()) : times.map(\.timeToFirstToken)
    return tallies.indices.map { part in
      var client = ClientTimes()
      client.scheduleLag = scheduleLags[part]
      client.startLag = startLags[part]
      client.readDelay = readDelays[part]
      client.firstSlack = firstSlacks[part]
      client.earliestTimeToFirstToken = earliest[part]
      client.kernelStampedShare = tallies[part].kernelStampedShare
      return client
    }
  }

  /// The tokens of each part.
  func tokens(of tallies: [PartTally], _ rows: RowParts, by source: TokenSource) throws -> [TokenNumbers] {
    let input = rows.samples(of: try columns.tokens(.input, by: source))
    let output = rows.samples(of: try columns.tokens(.output, by: source))
    return tallies.indices.map { part in
      var tokens = tallies[part].tokens.numbers(by: source)
      tokens.inputPerRequest = input[part]
      tokens.outputPerRequest = output[part]
      return tokens
    }
  }

  /// Start − due of each row, NaN where there is none. In a closed loop the first wave is due in one instant, in which it
  /// cannot all leave; how long that takes says nothing about the load that follows.
  private func startLags(_ options: SummaryOptions) throws -> [Double] {
    var lags = try columns.difference(.start, .due)
    if options.isOpenLoop { return lags }
    try columns.forEach(.due) { row, due in
      if options.firstWaves.contains(RunInstant(nanoseconds: due)) { lags[row] = .nan }
    }
    return lags
  }

  /// TTFT as if every first token had come as early as its slack allows.
  private func earliestTimesToFirstToken() throws -> [Double] {
    var times = try columns.difference(.firstToken, .sent)
    try columns.forEach(.firstSlack) { row, slack in
      if slack != RequestColumn.absent { times[row] -= Double(slack) / 1e9 }
    }
    return times
  }

  /// Ended − start of the successes, as the original took it.
  func classicLatencies() throws -> [Double] {
    var latencies = try columns.difference(.ended, .start)
    try columns.forEach(.finished) { row, finished in
      if finished == RequestColumn.absent { latencies[row] = .nan }
    }
    return present(latencies)
  }

  /// The metric's values in the order of the schedule, requests without one left out.
  func series(of metric: RequestMetric) throws -> [Double] {
    let values = try columns.seconds(of: metric, by: whole.tokens.source)
    guard values.count == columns.count else { return [] }
    return present(try scheduleOrder().map { values[Int($0)] })
  }

  /// The rows in the order of the schedule.
  private func scheduleOrder() throws -> [Int32] {
    let indices = try columns.values(.index)
    var rows = Array(repeating: Int32(-1), count: indices.count)
    // Indices are mostly 0 to n − 1: then each row has its place. Else, or when one repeats, they are sorted.
    for (row, index) in indices.enumerated() {
      guard indices.indices.contains(Int(index)), rows[Int(index)] < 0 else {
        return (0..<Int32(indices.count)).sorted { indices[Int($0)] < indices[Int($1)] }
      }
      rows[Int(index)] = Int32(row)
    }
    return rows
  }

  /// `values` without those that do not exist.
  func present(_ values: consuming [Double]) -> [Double] {
    values.removeAll(where: \.isNaN)
    return values
  }
}
