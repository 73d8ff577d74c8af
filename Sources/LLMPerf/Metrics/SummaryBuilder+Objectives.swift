extension SummaryBuilder {
  /// How many requests of each part kept the objectives. `isIn` says whether a request that was left before its end is in a
  /// part.
  func objectiveNumbers(
    of counts: [RequestCounts], _ rows: RowParts, over runTimes: [Double?], by source: TokenSource,
    isIn: (CutRequest, Int) -> Bool
  ) throws -> [ObjectiveNumbers] {
    guard !objectives.isEmpty else { return Array(repeating: ObjectiveNumbers(), count: rows.count) }
    let asSent = try kept(rows, by: source) { $0 }
    let asDue = try kept(rows, by: source) { $0.fromDueTime }
    return counts.indices.map { part in
      let ended = counts[part].total + counts[part].neverSent + counts[part].skipped
      let cuts = cuts.filter { isIn($0, part) }
      func share(_ met: Int, _ objectives: [ServiceLevelObjective], isFromDueTime: Bool = false) -> Double? {
        let judged = ended + cuts.count { $0.missed(objectives, isFromDueTime: isFromDueTime) }
        return judged == 0 ? nil : Double(met) / Double(judged)
      }
      var numbers = ObjectiveNumbers()
      numbers.each = objectives.indices.map { place in
        let objective = objectives[place]
        return ObjectiveResult(
          objective: objective, attainment: share(asSent.each[place][part], [objective]),
          scheduledAttainment: share(asDue.each[place][part], [objective], isFromDueTime: true))
      }
      numbers.attainment = share(asSent.all[part], objectives)
      numbers.scheduledAttainment = share(asDue.all[part], objectives, isFromDueTime: true)
      numbers.goodput = runTimes[part].map { Double(asSent.all[part]) / $0 }
      numbers.scheduledGoodput = runTimes[part].map { Double(asDue.all[part]) / $0 }
      return numbers
    }
  }

  /// How many successes of each part keep each objective, and all of them, each taken of the metric that `metric` makes of
  /// its own.
  private func kept(
    _ rows: RowParts, by source: TokenSource, _ metric: (RequestMetric) -> RequestMetric
  ) throws -> (each: [[Int]], all: [Int]) {
    let succeeded = try columns.combine(.finished, .finished) { finished, _ in finished != RequestColumn.absent }
    var keepsAll = succeeded
    let each = try objectives.map { objective in
      let values = try columns.seconds(of: metric(objective.metric), by: source)
      let limit = objective.limit.inSeconds
      let keeps = succeeded.indices.map { succeeded[$0] && $0 < values.count && values[$0] <= limit }
      for row in keeps.indices where !keeps[row] { keepsAll[row] = false }
      return rows.counts(where: keeps)
    }
    return (each, rows.counts(where: keepsAll))
  }
}

extension CutRequest {
  /// Whether the request had used up the limit of one of `objectives` when it was left.
  fileprivate func missed(_ objectives: [ServiceLevelObjective], isFromDueTime: Bool) -> Bool {
    objectives.contains { missed($0.limit, of: isFromDueTime ? $0.metric.fromDueTime : $0.metric) }
  }
}
