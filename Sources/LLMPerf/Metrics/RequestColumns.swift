/// What is kept of one measured request until the end of the run, in nanoseconds or as a count.
enum RequestColumn: Int, CaseIterable {
  case index, due, start, sent, ended, finished
  case firstToken, firstVisible, tokenSpan, tokenEvents, firstEventTokens, longestGap
  case connectTime, readDelay, firstSlack
  case usageInput, usageOutput, countedInput, countedOutput
  /// Time to the first event by the original's arithmetic.
  case classicFirstChunk

  /// Stands for a value that does not exist.
  static let absent = Int64.min
}

/// One request's values.
struct RequestRow {
  private var values = InlineArray<20, Int64>(repeating: RequestColumn.absent)

  subscript(column: RequestColumn) -> Int64? {
    get { values[column.rawValue] == RequestColumn.absent ? nil : values[column.rawValue] }
    set { values[column.rawValue] = newValue ?? RequestColumn.absent }
  }

  fileprivate func raw(_ column: Int) -> Int64 { values[column] }
}

/// The values of all measured requests: 160 bytes each, of which the first 21 MB stay in memory.
struct RequestColumns {
  private var store: RowStore

  /// No row yet. Blocks after the first `blocksInMemory` go to a file in `spillDirectory`.
  init(spillDirectory: String, blocksInMemory: Int = RowStore.blocksInMemory) {
    store = RowStore(
      columns: RequestColumn.allCases.count, spillDirectory: spillDirectory, blocksInMemory: blocksInMemory)
  }

  /// How many rows there are.
  var count: Int { store.count }

  /// How many blocks lie in the file.
  var spilledBlocks: Int { store.spilledBlocks }

  mutating func append(_ row: RequestRow) {
    store.append { row.raw($0) }
  }

  /// The column's value of each row, `RequestColumn.absent` where there is none.
  func values(_ column: RequestColumn) throws -> [Int64] { try store.values(column.rawValue) }

  /// Tells the column's value of each row, `RequestColumn.absent` where there is none. The column is never in memory as a whole.
  func forEach(_ column: RequestColumn, _ body: (_ row: Int, _ value: Int64) -> Void) throws {
    try store.forEach(column.rawValue, body)
  }

  /// Makes a value of each row's two columns. Goes block by block, so that neither column is in memory as a whole.
  func combine<Value>(
    _ left: RequestColumn, _ right: RequestColumn, _ value: (Int64, Int64) -> Value
  ) throws -> [Value] {
    var output: [Value] = []
    output.reserveCapacity(count)
    var lefts: [Int64] = []
    var rights: [Int64] = []
    for block in 0..<store.blockCount {
      lefts.removeAll(keepingCapacity: true)
      rights.removeAll(keepingCapacity: true)
      try store.read(left.rawValue, ofBlock: block, into: &lefts)
      try store.read(right.rawValue, ofBlock: block, into: &rights)
      for row in lefts.indices { output.append(value(lefts[row], rights[row])) }
    }
    return output
  }
}

extension RequestRow {
  /// The row of a request, whether it succeeded or not.
  init(transportOf record: RequestRecord) {
    self.init()
    self[.index] = Int64(record.index)
    self[.due] = record.dueAt.nanoseconds
    self[.start] = (record.connectStartedAt ?? record.sentAt)?.nanoseconds
    self[.sent] = record.sentAt?.nanoseconds
    self[.ended] = record.endedAt?.nanoseconds
    self[.connectTime] = record.connectTime?.wholeNanoseconds
  }

  /// Fills in what only a success has.
  mutating func fillSuccess(of record: RequestRecord) {
    self[.finished] = record.finishedAt?.nanoseconds
    self[.usageInput] = record.usage.input.map(Int64.init)
    self[.usageOutput] = record.usage.output.map(Int64.init)
    self[.countedInput] = record.counted.input.map(Int64.init)
    self[.countedOutput] = record.counted.output.map(Int64.init)
    self[.classicFirstChunk] = ClassicTally.firstChunkLatency(of: record)
    self[.readDelay] = record.kernelStamped ? record.longestReadDelay.wholeNanoseconds : nil
    guard record.isStreamed else { return }
    self[.firstToken] = record.firstTokenAt?.nanoseconds
    self[.firstVisible] = record.firstVisibleAt?.nanoseconds
    self[.firstSlack] = record.firstSlack?.wholeNanoseconds
    guard record.tokenEventTimes.count > 1, let first = record.firstTokenAt, let last = record.lastTokenAt else {
      return
    }
    self[.tokenSpan] = last.nanoseconds - first.nanoseconds
    self[.tokenEvents] = Int64(record.tokenEventTimes.count)
    self[.firstEventTokens] = Int64(max(1, record.tokensPerEvent.first ?? 1))
  }
}
