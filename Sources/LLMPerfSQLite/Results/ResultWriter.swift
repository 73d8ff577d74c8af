import Glibc
public import LLMPerf

/// The sink that writes every request into an SQLite database.
///
/// Rows are inserted in transactions that end at least every 250 ms; what was committed survives the end of the process,
/// however it comes. In WAL mode without syncing, since a power failure is not what a load test has to survive.
public final class ResultWriter: RecordSink {
  private let database: Database
  private let insert: Statement
  private let saved: SavedBodies
  private var encoder: RowEncoder
  private var isInTransaction = false
  private var transactionBytes = 0
  private var transactionStart = ContinuousClock.now
  private let clock = ContinuousClock()
  private let summary: (RunResult) -> String
  private var oldestPending: RunInstant?
  /// The longest time from a request's end to its row being committed, as seen at the ticks.
  public private(set) var longestLag: Duration = .zero
  /// Rows written so far.
  public private(set) var rowCount = 0

  private static let longestTransaction = Duration.milliseconds(200)
  /// Bytes of rows per transaction. With the checkpoint behind every second or so of them, the log stays small enough
  /// for the processor's cache; a large one costs a third more.
  private static let mostBytes = 768 << 10

  /// Creates the database at `path`. `summary` makes the JSON text that the table `run` keeps of the result.
  ///
  /// - Throws: `DatabaseError` when the file exists, or cannot be made.
  public init(path: String, saving saved: SavedBodies, summary: @escaping (RunResult) -> String) throws {
    self.saved = saved
    self.summary = summary
    database = try Database(path, .create)
    // Pages of 32 KiB take rows of some KB in less than half the time of 4 KiB, and rows of some ten KB in two thirds.
    try database.execute(
      """
      PRAGMA page_size = 32768; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; PRAGMA wal_autocheckpoint = 48;
      PRAGMA cache_size = -8192; PRAGMA temp_store = MEMORY
      """)
    try database.execute(
      "BEGIN; \(ResultSchema.createResult); \(ResultSchema.createRun); \(ResultSchema.createHealth); COMMIT")
    insert = try database.prepare(ResultSchema.insertResult)
    encoder = RowEncoder(saved: saved, isClassicOnly: true)
  }

  public func begin(_ run: RunDescription) throws {
    encoder = RowEncoder(saved: saved, isClassicOnly: run.api == "openai" || run.api == "zhipu")
    let statement = try database.prepare(
      "INSERT INTO run VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL, 1)")
    statement.bind(run.name)
    statement.bind(run.model)
    statement.bind(run.api)
    statement.bind(run.url)
    statement.bind(run.parallel)
    statement.bind(run.expectedRequests)
    statement.bind(String(run.seed))
    statement.bind(run.version)
    statement.bind(run.wallClockStart)
    statement.bind(JSON.object(run.configuration.map { JSON.Member($0.name, $0.value) }).description)
    statement.bind(JSON.object(run.machine.map { JSON.Member($0.name, $0.value) }).description)
    statement.bind(JSON.array(run.arguments.map { .string($0) }).description)
    try statement.run()
  }

  public func receive(_ records: [RequestRecord]) throws {
    for record in records {
      if !isInTransaction {
        try database.execute("BEGIN")
        isInTransaction = true
        transactionStart = clock.now
        transactionBytes = 0
      }
      try write(record)
      rowCount += 1
      oldestPending = min(oldestPending ?? .max, record.endedAt ?? .max)
      transactionBytes += encoder.messages.count + encoder.request.count + encoder.chunkTimes.count + 1024
      if transactionBytes >= Self.mostBytes { try commit() }
    }
    if isInTransaction, clock.now - transactionStart >= Self.longestTransaction { try commit() }
  }

  public func tick(at now: RunInstant) throws {
    if let oldestPending, oldestPending != .max { longestLag = max(longestLag, now - oldestPending) }
    try commit()
  }

  /// Adds a row to the table of the client's own state.
  public func note(_ row: HealthRow) throws {
    let places = repeatElement("?", count: ResultSchema.healthColumns.count).joined(separator: ", ")
    let statement = try database.prepare("INSERT INTO health VALUES (\(places))")
    row.bind(to: statement)
    try statement.run()
  }

  /// Counts the tokens of every answer that the database keeps, and notes the counts; `count` gets many texts at a time.
  public func countOutputTokens(_ count: ([[UInt8]]) -> [Int?]) throws {
    try commit()
    let select = try database.prepare(
      "SELECT rowid, output_text, reasoning_text FROM result WHERE success = 'True' AND rowid > ? ORDER BY rowid LIMIT 256"
    )
    let update = try database.prepare(
      """
      UPDATE result SET counted_output_tokens = ?1, completion_tokens = coalesce(usage_output_tokens, ?1)
      WHERE rowid = ?2
      """)
    var last = 0
    while true {
      var rows: [(id: Int, text: [UInt8])] = []
      select.bind(last)
      while try select.step() { rows.append((select.int(0) ?? 0, (select.bytes(1) ?? []) + (select.bytes(2) ?? []))) }
      select.reset()
      guard let end = rows.last?.id else { return }
      last = end
      try database.execute("BEGIN")
      for (row, tokens) in zip(rows, count(rows.map(\.text))) {
        update.bind(tokens)
        update.bind(row.id)
        try update.run()
      }
      try database.execute("COMMIT")
    }
  }

  public func end(_ result: RunResult) throws {
    try commit()
    let statement = try database.prepare("UPDATE run SET verdict = ?, verdict_reasons = ?, summary = ?, partial = ?")
    statement.bind(result.verdict.level.rawValue)
    let reasons = result.verdict.reasons.map { reason -> JSON in
      ["level": .string(reason.level.rawValue), "code": .string(reason.code), "message": .string(reason.message)]
    }
    statement.bind(JSON.array(reasons).description)
    statement.bind(summary(result))
    statement.bind(result.summary.isPartial ? 1 : 0)
    try statement.run()
  }

  /// Commits what is pending and closes the database; its log is folded in.
  public func close() throws {
    try commit()
    try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()
  }

  /// Removes the database: for a run that never began.
  public func discard() {
    database.close()
    Self.remove(database.path)
  }

  /// Removes the database at `path`, with what SQLite keeps beside it.
  public static func remove(_ path: String) {
    for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
  }

  /// Commits what is pending.
  public func commit() throws {
    guard isInTransaction else { return }
    try database.execute("COMMIT")
    isInTransaction = false
    oldestPending = nil
  }

  private func write(_ record: RequestRecord) throws {
    encoder.encode(record)
    let text = (record.bodies?.text ?? []).wellFormedText
    let reasoning = (record.bodies?.reasoning ?? []).wellFormedText
    try encoder.request.withUnsafeBufferPointer { request in
      try encoder.messages.withUnsafeBufferPointer { messages in
        try encoder.chunkTimes.withUnsafeBufferPointer { chunkTimes in
          try encoder.kinds.withUnsafeBufferPointer { kinds in
            bindClassic(record, request: request, messages: messages, chunkTimes: chunkTimes)
            bindTimes(record)
            insert.bind(borrowing: kinds)
            try bindBodies(record, text: text, reasoning: reasoning)
          }
        }
      }
    }
  }

  private func bindClassic(
    _ record: RequestRecord, request: UnsafeBufferPointer<UInt8>, messages: UnsafeBufferPointer<UInt8>,
    chunkTimes: UnsafeBufferPointer<UInt8>
  ) {
    let row = ClassicRow(record)
    insert.bind(borrowing: request)
    insert.bind((record.sentAt ?? record.dueAt).seconds)
    insert.bind(borrowing: chunkTimes)
    insert.bind(record.succeeded ? "True" : "False")
    insert.bind(borrowing: messages)
    insert.bind(record.endedAt?.seconds)
    insert.bind(row.latency)
    insert.bind(row.firstChunkLatency)
    insert.bind(row.chunkCount)
    insert.bind(row.chunkTime)
    insert.bind(row.promptTokens)
    insert.bind(row.completionTokens)
  }

  private func bindTimes(_ record: RequestRecord) {
    insert.bind(record.index)
    insert.bind(record.phase.rawValue)
    insert.bind(record.dueAt.seconds)
    insert.bind(record.sentAt?.seconds)
    insert.bind(record.connectStartedAt?.seconds)
    insert.bind(record.connectedAt?.seconds)
    insert.bind(record.headersAt?.seconds)
    insert.bind(record.firstEventAt?.seconds)
    insert.bind(record.firstTokenAt?.seconds)
    insert.bind(record.firstVisibleAt?.seconds)
    insert.bind(record.lastTokenAt?.seconds)
    insert.bind(record.endedAt?.seconds)
    insert.bind(record.isStreamed ? 1 : 0)
  }

  private func bindBodies(_ record: RequestRecord, text: [UInt8], reasoning: [UInt8]) throws {
    try encoder.otherTimes.withUnsafeBufferPointer { times in
      try encoder.otherEvents.withUnsafeBufferPointer { events in
        try text.withUnsafeBufferPointer { text in
          try reasoning.withUnsafeBufferPointer { reasoning in
            insert.bind(borrowing: times)
            insert.bind(borrowing: events)
            insert.bind(plainBody(record))
            insert.bind(borrowing: saved == .none ? UnsafeBufferPointer(start: text.baseAddress, count: 0) : text)
            insert.bind(
              borrowing: saved == .none ? UnsafeBufferPointer(start: reasoning.baseAddress, count: 0) : reasoning)
            bindOutcome(record)
            try insert.run()
          }
        }
      }
    }
  }

  private func plainBody(_ record: RequestRecord) -> String? {
    guard saved == .full, let bodies = record.bodies, let plain = bodies.plain else { return nil }
    return String(decoding: bodies.response[plain], as: UTF8.self)
  }

  private func bindOutcome(_ record: RequestRecord) {
    insert.bind(record.status)
    insert.bind(record.failure.map { $0.code.description })
    insert.bind(record.failure?.message)
    insert.bind(record.finishReason)
    insert.bind(record.usage.input)
    insert.bind(record.usage.output)
    insert.bind(record.usage.reasoning)
    insert.bind(record.usage.cached)
    insert.bind(record.counted.input)
    insert.bind(record.counted.output)
    insert.bind(record.tokensPerEvent.isEmpty ? nil : JSON.array(record.tokensPerEvent.map { .int($0) }).description)
    insert.bind(record.promptLength)
    insert.bind(Int(bitPattern: UInt(record.promptHash)))
    insert.bind(record.outputLength)
    insert.bind(record.inputCount)
    insert.bind(record.reusedConnection ? 1 : 0)
    insert.bind(record.retried ? 1 : 0)
    insert.bind(record.kernelStamped ? 1 : 0)
    insert.bind(record.longestReadDelay.inSeconds)
    insert.bind(record.bytesSent)
    insert.bind(record.bytesReceived)
    insert.bind(record.eventCount)
    insert.bind(Int(bitPattern: UInt(record.promptPrefixHash)))
  }
}
