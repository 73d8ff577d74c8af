/// Turns records into a run's numbers, as they come. Memory stays flat however many there are.
///
/// Belongs to one thread. Neither the order of the records nor how they are divided into calls matters, and nothing is
/// used that a database does not keep of a record, so that a saved run gives the same numbers again.
public final class SummaryBuilder {
  let objectives: [ServiceLevelObjective]
  /// What is added up of all requests, and of those of each slice.
  private(set) var whole = PartTally()
  private(set) var slicer: Slicer
  private(set) var columns: RequestColumns
  private(set) var activity = ActivitySeries()
  private(set) var classic = ClassicTally()
  private(set) var failures = FailureTally()
  private(set) var remarks = RemarkTally()
  private(set) var prompts = PromptMemory()
  private(set) var warmups = 0
  /// Requests that were left before their end. Those that the end of the run cut are never more than were in flight at once.
  private(set) var cuts: [CutRequest] = []

  /// A builder that judges requests by `objectives`. Beyond 131,072 requests their values go to an unnamed temporary
  /// file in `spillDirectory`, which should lie on a disk: some systems keep `/tmp` in memory.
  public convenience init(objectives: [ServiceLevelObjective] = [], spillDirectory: String = "/var/tmp") {
    self.init(objectives: objectives, spillDirectory: spillDirectory, slicedBy: SliceKey.all)
  }

  /// A builder that parts the run by `keys`.
  package init(
    objectives: [ServiceLevelObjective] = [], spillDirectory: String = "/var/tmp", slicedBy keys: [SliceKey]
  ) {
    self.objectives = objectives
    columns = RequestColumns(spillDirectory: spillDirectory)
    slicer = Slicer(keys, spillDirectory: spillDirectory)
  }

  /// Adds `records`.
  public func receive(_ records: [RequestRecord]) {
    for record in records { receive(record) }
  }

  /// Adds `record`.
  func receive(_ record: RequestRecord) {
    if record.phase == .warmup {
      warmups += 1
      return
    }
    let parts = slicer.note(record, whole)
    let longestGap = whole.note(record)
    switch record.ending {
    case .success, .failure: noteEnded(record, longestGap: longestGap, parts)
    case .abandoned, .cut: noteCut(record, parts)
    case .skipped, .neverSent: break
    }
  }

  private func noteEnded(_ record: RequestRecord, longestGap: Int64, _ parts: PackedParts) {
    prompts.note(record.promptHash, prefix: record.promptPrefixHash)
    remarks.note(record.remarks)
    classic.note(record)
    if let sent = record.sentAt {
      activity.noteSent(at: sent)
      activity.noteEnded(at: record.endedAt ?? sent, failed: !record.succeeded)
    }
    var row = RequestRow(transportOf: record)
    if case .failure(let failure) = record.ending {
      failures.note(failure, of: record.index)
    } else {
      row.fillSuccess(of: record)
      if record.isStreamed, record.tokenEventTimes.count > 1 { row[.longestGap] = longestGap }
      if let finished = record.finishedAt { activity.noteOutput(of: record, end: finished) }
    }
    slicer.appendRow(parts, behind: columns.count)
    columns.append(row)
  }

  /// Notes a request that was under way and left before its end.
  private func noteCut(_ record: RequestRecord, _ parts: PackedParts) {
    prompts.note(record.promptHash, prefix: record.promptPrefixHash)
    if let cut = CutRequest(record, parts) { cuts.append(cut) }
    guard let sent = record.sentAt else { return }
    activity.noteSent(at: sent)
    activity.noteCut(at: record.endedAt ?? sent)
  }
}
