import ArgumentParser
import LLMPerf
import LLMPerfSQLite

struct MergeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "merge",
    abstract: "Join the shards of one run into one database.",
    discussion: """
      For runs that several clients sent at the same time. Times are put on one clock by the wall clocks of the shards; \
      percentiles are computed anew from all requests.
      """)

  @Option(name: [.short, .long], help: ArgumentHelp("The database to make.", valueName: "merged.db"))
  var output: String

  @Argument(help: ArgumentHelp("The shards' databases.", valueName: "run.db"))
  var databases: [String]

  func run() throws {
    try require(databases.count > 1, "merge joins two databases or more")
    for path in databases where !Files.exists(path) {
      throw UsageError("\(path) does not exist; give databases of runs")
    }
    guard !Files.exists(output) else { throw UsageError("the database \(output) exists; choose another --output") }
    let shards = try databases.map { try ResultReader(path: $0) }
    guard let first = shards.min(by: { $0.run.wallClockStart < $1.run.wallClockStart }) else { return }
    if let other = shards.first(where: { $0.run.model != first.run.model || $0.run.api != first.run.api }) {
      throw UsageError("\(first.run.name) and \(other.run.name) are not shards of one run: model or API differ")
    }
    try checkEachRunIsGivenOnce(shards)
    let result = try write(shards, from: first.run)
    try StandardStreams.output.write(TextReport.render(result))
  }

  /// Two databases whose clocks began at the same nanosecond with the same seed are copies of one.
  private func checkEachRunIsGivenOnce(_ shards: [ResultReader]) throws {
    for (place, shard) in shards.enumerated() {
      let other = shards[..<place].firstIndex {
        $0.run.wallClockStart == shard.run.wallClockStart && $0.run.seed == shard.run.seed
      }
      if let other {
        throw UsageError("\(databases[other]) and \(databases[place]) hold the same run: give each shard once")
      }
    }
  }

  private func write(_ shards: [ResultReader], from first: RunDescription) throws -> RunResult {
    var run = first
    run.parallel = shards.allSatisfy { $0.run.parallel != nil } ? shards.compactMap(\.run.parallel).reduce(0, +) : nil
    run.expectedRequests = nil
    let database = try ResultWriter(path: output, saving: .full) { JSONReport.make($0).description }
    try database.begin(run)
    let builder = SummaryBuilder()
    var count = 0
    for shard in shards {
      let offset = Duration.seconds(shard.run.wallClockStart - first.wallClockStart)
      try shard.forEachRecord(withBodies: true) { record in
        var record = record.shifted(by: offset)
        record.index = count
        count += 1
        builder.receive([record])
        try database.receive([record])
      }
    }
    let summary = try builder.summary(
      SummaryOptions(isOpenLoop: run.parallel == nil, isPartial: !shards.allSatisfy(\.isFinished)))
    let result = RunResult(run: run, summary: summary, verdict: Self.verdict(summary, shards))
    try database.end(result)
    try database.close()
    return result
  }

  /// The numbers' own verdict and those of the shards: one client that was too slow spoils the whole.
  private static func verdict(_ summary: RunSummary, _ shards: [ResultReader]) -> Verdict {
    let reasons = shards.flatMap { shard in
      (shard.verdict?.reasons ?? []).filter { $0.level > .valid }.map { reason in
        Verdict.Reason(reason.level, code: reason.code, "\(shard.run.name): \(reason.message)")
      }
    }
    return Verdict(reasons: Verdict(summary).reasons + reasons)
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
    if var bodies {
      for place in bodies.events.indices { bodies.events[place].at = bodies.events[place].at + offset }
      record.bodies = bodies
    }
    return record
  }
}
