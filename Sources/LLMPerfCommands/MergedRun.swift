import LLMPerf
import LLMPerfSQLite

/// Several databases of one run that several clients sent at the same time.
struct MergedRun {
  private let parts: [Part]
  private let first: RunDescription

  /// One client's database.
  private struct Part {
    let path: String
    let reader: ResultReader
    /// When its clock began, on the clock of the merged run.
    var offset: RunInstant
    /// From its first request sent to the end of its last, on the same clock; nil when it sent none.
    var span: ClosedRange<RunInstant>?
  }

  /// Below this share of the whole time in which all parts were sending, most of the run is the load of some of them.
  private static let leastOverlap = 0.5
  /// Options that say what was asked, and how its tokens are counted: parts that differ in them had different work.
  private static let optionsOfPrompts = [
    "url", "dataset", "dataset-path", "prompt", "min-prompt-length", "max-prompt-length", "query-template",
    "tokenizer-path",
  ]

  /// Reads what the databases at `paths` are.
  ///
  /// - Throws: `UsageError` when they are not parts of one run.
  init(paths: [String]) throws {
    let readers = try paths.map { try ResultReader(path: $0) }
    for (path, reader) in zip(paths, readers) where !reader.knowsStart {
      throw UsageError("\(path) does not tell when it began, so its times cannot be put on a clock with the others'")
    }
    guard let first = readers.map(\.run).min(by: { $0.wallClockStart < $1.wallClockStart }) else {
      throw UsageError("merge joins two databases or more")
    }
    self.first = first
    try Self.checkAreAlike(readers.map(\.run), first)
    try Self.checkEachIsGivenOnce(paths, readers)
    parts = try zip(paths, readers).map { path, reader in
      let distance = reader.run.wallClockStart - first.wallClockStart
      guard let offset = RunInstant(checking: distance) else {
        throw UsageError(
          "\(path) began \(NumberText.time(distance)) after \(first.name): they are not parts of one run")
      }
      return Part(path: path, reader: reader, offset: offset, span: try Self.span(reader, offset))
    }
    if let share = overlap, share <= 0 {
      throw UsageError(
        "\(paths.joined(separator: " and ")) were not sent at the same time, so they are not parts of one run")
    }
  }

  private static func checkAreAlike(_ runs: [RunDescription], _ first: RunDescription) throws {
    for run in runs {
      let difference =
        run.model != first.model || run.api != first.api
        ? "model or API differ"
        : run.load.isOpenLoop != first.load.isOpenLoop ? "one is a closed loop and one an open loop" : nil
      if let difference {
        throw UsageError("\(first.name) and \(run.name) are not shards of one run: \(difference)")
      }
    }
  }

  /// Two databases whose clocks began at the same nanosecond with the same seed are copies of one.
  private static func checkEachIsGivenOnce(_ paths: [String], _ readers: [ResultReader]) throws {
    for (place, reader) in readers.enumerated() {
      let other = readers[..<place].firstIndex {
        $0.run.wallClockStart == reader.run.wallClockStart && $0.run.seed == reader.run.seed
      }
      if let other { throw UsageError("\(paths[other]) and \(paths[place]) hold the same run: give each shard once") }
    }
  }

  private static func span(_ reader: ResultReader, _ offset: RunInstant) throws -> ClosedRange<RunInstant>? {
    var span: ClosedRange<RunInstant>?
    try reader.forEachRecord { record in
      guard let sent = record.sentAt else { return }
      let end = max(sent, record.endedAt ?? sent)
      span = min(span?.lowerBound ?? sent, sent)...max(span?.upperBound ?? end, end)
    }
    let shift = offset - .start
    return span.map { $0.lowerBound + shift...$0.upperBound + shift }
  }

  /// The share of the whole time in which every part was sending; nil where none sent anything.
  private var overlap: Double? {
    let spans = parts.compactMap(\.span)
    guard let begin = spans.map(\.lowerBound).max(), let end = spans.map(\.upperBound).min(),
      let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max(), first < last
    else { return nil }
    return (end - begin).inSeconds / (last - first).inSeconds
  }

  /// Writes the merged run's database at `path`.
  func write(to path: String) throws -> RunResult {
    let database = try ResultWriter(path: path, saving: .full) { JSONReport.make($0).description }
    do {
      let result = try write(into: database)
      try database.close()
      return result
    } catch {
      database.discard()
      throw error
    }
  }

  private func write(into database: ResultWriter) throws -> RunResult {
    let run = description
    try database.begin(run)
    let builder = SummaryBuilder(objectives: run.objectives)
    var count = 0
    var sessions = 0
    var damage: [Verdict.Reason] = []
    for part in parts {
      let shift = part.offset - .start
      let earlierSessions = sessions
      try part.reader.forEachStoredRecord { record, bodies in
        var record = record.shifted(by: shift)
        record.origin.index = count
        record.origin.session = record.origin.session.addingClamped(earlierSessions)
        sessions = max(sessions, record.origin.session.addingClamped(1))
        count += 1
        builder.receive([record])
        try database.receive(record, bodies.shifted(by: shift))
      }
      damage += named(part.reader.reasonsOfDamage, part)
    }
    let summary = try builder.summary(
      SummaryOptions(
        isOpenLoop: run.load.isOpenLoop, isPartial: !parts.allSatisfy(\.reader.isFinished),
        neverSentRequests: parts.reduce(0) { $0.addingClamped($1.reader.neverSentRequests) },
        sendingEnded: sendingEnded, maxInFlight: run.load.maxInFlight, firstWaves: run.firstWaves))
    let result = RunResult(
      run: run, summary: summary,
      verdict: Verdict(reasons: Verdict(summary).reasons + reasonsOfParts + damage))
    try database.end(result)
    return result
  }

  /// When the last of the parts that were ended before their requests ran out ended sending.
  private var sendingEnded: RunInstant? {
    parts.compactMap { part in part.reader.sendingEnded.map { $0 + (part.offset - .start) } }.max()
  }

  /// The first part's description, with the load of all of them.
  private var description: RunDescription {
    var run = first
    let runs = parts.map(\.reader.run)
    if first.load.isOpenLoop {
      run.load.maxInFlight = Self.sum(runs.map(\.load.maxInFlight))
    } else if let parallel = Self.sum(runs.map(\.parallel)) {
      run.load = .closedLoop(parallel: parallel)
    }
    run.expectedRequests = nil
    run.configuration.removeAll { ["max-in-flight", RunDescription.mergedFrom].contains($0.name) }
    if let most = run.load.maxInFlight { run.configuration.append(("max-in-flight", .int(most))) }
    run.configuration.append(
      (
        RunDescription.mergedFrom,
        .array(
          parts.map { ["name": .string($0.reader.run.name), "offset_seconds": .double($0.offset.seconds)] })
      ))
    return run
  }

  /// The sum of `numbers`; nil when one of them is not known.
  private static func sum(_ numbers: [Int?]) -> Int? {
    numbers.reduce(Int?(0)) { sum, number in number.flatMap { number in sum?.addingClamped(number) } }
  }

  /// What the parts say of themselves, and how they fit: one client that was too slow spoils the whole.
  private var reasonsOfParts: [Verdict.Reason] {
    var reasons = parts.flatMap { part in
      named((part.reader.verdict?.reasons ?? []).filter { $0.level > .valid }, part)
    }
    if let share = overlap, share < Self.leastOverlap {
      reasons.append(
        .init(
          .suspect, code: "parts-apart",
          "all parts were sending for \(NumberText.percent(share)) of the time only; the rest is the load of some of them"
        ))
    }
    let differing = Self.optionsOfPrompts.filter { name in
      Set(parts.map { $0.reader.run.option(name)?.description ?? "" }).count > 1
    }
    if !differing.isEmpty {
      reasons.append(
        .init(
          .suspect, code: "parts-differ",
          "the parts were not asked the same: \(differing.joined(separator: ", ")) differ"))
    }
    return reasons
  }

  private func named(_ reasons: [Verdict.Reason], _ part: Part) -> [Verdict.Reason] {
    reasons.map { .init($0.level, code: $0.code, "\(part.reader.run.name): \($0.message)") }
  }
}

extension RequestRecord {
  /// The record with all of its instants moved by `offset`.
  fileprivate func shifted(by offset: Duration) -> RequestRecord {
    var record = self
    let instants: [WritableKeyPath<RequestRecord, RunInstant?>] = [
      \.sentAt, \.connectStartedAt, \.connectedAt, \.headersAt, \.firstEventAt, \.lastEventAt, \.eventBeforeLastAt,
      \.firstTokenAt, \.firstVisibleAt, \.lastTokenAt, \.endedAt,
    ]
    record.dueAt = dueAt + offset
    for path in instants { record[keyPath: path] = self[keyPath: path].map { $0 + offset } }
    record.tokenEventTimes = tokenEventTimes.map { $0 + offset }
    return record
  }
}
