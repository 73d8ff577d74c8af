import LLMPerf

extension ResultColumn {
  /// Every column of `result`, in order: the original tool's twelve, then ours. New ones come last.
  static let all: [ResultColumn] =
    [classic, index, phase] + instants + [flag("streamed", { $0.isStreamed }, { $0.isStreamed = $1 }), bodies]
    + outcome + tokens + prompt + connection + later

  /// The original tool's columns. All that they tell stands in ours too, but for what they say of success.
  private static let classic = ResultColumn([
    "request", "start_time", "chunk_times", "success", "response_messages", "completed_time", "latency",
    "first_chunk_latency", "n_chunks", "chunk_time", "prompt_tokens", "completion_tokens",
  ]) { record, row in
    let classic = ClassicRow(record)
    row.bind(row.texts.request)
    row.bind((record.sentAt ?? record.dueAt).seconds)
    row.bind(row.texts.chunkTimes)
    row.bind(record.succeeded ? "True" : "False")
    row.bind(row.texts.messages)
    row.bind(record.endedAt?.seconds)
    row.bind(classic.latency)
    row.bind(classic.firstChunkLatency)
    row.bind(classic.chunkCount)
    row.bind(classic.chunkTime)
    row.bind(classic.promptTokens)
    row.bind(classic.completionTokens)
  } read: { _, _ in
  }

  private static let index = count("request_index", { $0.index }, { $0.index = $1 ?? 0 })

  private static let phase = ResultColumn(["phase"]) {
    $1.bind($0.phase.rawValue)
  } read: {
    $0.phase = $1.word("phase", as: RunPhase.self) ?? .measured
  }

  private static let instants: [ResultColumn] = [
    ResultColumn(["due_time", "sent_time"]) { record, row in
      row.bind(record.dueAt.seconds)
      row.bind(record.sentAt?.seconds)
    } read: { record, row in
      record.sentAt = row.instant("sent_time")
      record.dueAt = row.dueAt(record.sentAt)
    },
    instant("connect_start_time", { $0.connectStartedAt }, { $0.connectStartedAt = $1 }),
    instant("connected_time", from: { $0.connectStartedAt }, { $0.connectedAt }, { $0.connectedAt = $1 }),
    // What came before the request was sent is no answer to it.
    instant("headers_time", from: { $0.sentAt }, { $0.headersAt }, { $0.headersAt = $1 }),
    instant("first_event_time", from: { $0.sentAt }, { $0.firstEventAt }, { $0.firstEventAt = $1 }),
    instant("first_token_time", from: { $0.sentAt }, { $0.firstTokenAt }, { $0.firstTokenAt = $1 }),
    instant("first_visible_time", from: { $0.sentAt }, { $0.firstVisibleAt }, { $0.firstVisibleAt = $1 }),
    instant(
      "last_token_time", from: { $0.firstTokenAt ?? $0.sentAt }, { $0.lastTokenAt }, { $0.lastTokenAt = $1 }),
    instant("ended_time", from: { $0.sentAt }, { $0.endedAt }, { $0.endedAt = $1 }),
  ]

  private static let bodies = ResultColumn([
    "event_kinds", "other_times", "other_events", "response_body", "output_text", "reasoning_text",
  ]) { _, row in
    row.bind(row.texts.kinds)
    row.bind(row.texts.otherTimes)
    row.bind(row.texts.otherEvents)
    row.bind(row.texts.plain)
    row.bind(row.texts.output)
    row.bind(row.texts.reasoning)
  } read: { record, row in
    record.tokenEventTimes = row.events.lazy.filter(\.meaning.isTokenEvent).map(\.at)
    let tail = row.events.filter { !$0.meaning.contains(.sentinel) }.suffix(2)
    record.lastEventAt = tail.last?.at
    record.eventBeforeLastAt = tail.count == 2 ? tail.first?.at : nil
  }

  private static let outcome: [ResultColumn] = [
    count("status", { $0.status }, { $0.status = $1 }),
    ResultColumn(["failure", "failure_message"]) { record, row in
      row.bind(record.failure.map { $0.code.description })
      row.bind("failure_message", record.failure?.message)
    } read: {
      $0.ending = Ending(told: $1.failure(), isUnderWay: ($0.sentAt ?? $0.connectStartedAt) != nil)
    },
    text("finish_reason", { $0.finishReason }, { $0.finishReason = $1 }),
  ]

  private static let tokens: [ResultColumn] = [
    ResultColumn([
      "usage_input_tokens", "usage_output_tokens", "usage_reasoning_tokens", "usage_cached_tokens",
    ]) { record, row in
      row.bind(record.usage.input)
      row.bind(record.usage.output)
      row.bind(record.usage.reasoning)
      row.bind(record.usage.cached)
    } read: { record, row in
      record.usage = TokenUsage(
        input: row.count("usage_input_tokens"), output: row.count("usage_output_tokens"),
        reasoning: row.count("usage_reasoning_tokens"), cached: row.count("usage_cached_tokens"))
    },
    ResultColumn(["counted_input_tokens", "counted_output_tokens"]) { record, row in
      row.bind(record.counted.input)
      row.bind(record.counted.output)
    } read: { record, row in
      record.counted = TokenUsage(input: row.count("counted_input_tokens"), output: row.count("counted_output_tokens"))
    },
    ResultColumn(["tokens_per_event"]) {
      $1.bind($1.texts.tokensPerEvent)
    } read: {
      $0.tokensPerEvent = $1.counts("tokens_per_event") ?? []
    },
  ]

  private static let prompt: [ResultColumn] = [
    count("prompt_length", { $0.promptLength }, { $0.promptLength = $1 ?? 0 }),
    hash("prompt_hash", { $0.promptHash }, { $0.promptHash = $1 }),
    count("output_length", { $0.outputLength }, { $0.outputLength = $1 ?? 0 }),
    count("input_count", { $0.inputCount }, { $0.inputCount = $1 }),
  ]

  private static let connection: [ResultColumn] = [
    flag("reused_connection", { $0.reusedConnection }, { $0.reusedConnection = $1 }),
    flag("retried", { $0.retried }, { $0.retried = $1 }),
    flag("kernel_stamped", { $0.kernelStamped }, { $0.kernelStamped = $1 }),
    time("read_delay", { $0.longestReadDelay }, { $0.longestReadDelay = $1 ?? .zero }),
    count("bytes_sent", { $0.bytesSent }, { $0.bytesSent = $1 ?? 0 }),
    count("bytes_received", { $0.bytesReceived }, { $0.bytesReceived = $1 ?? 0 }),
    count("event_count", { $0.eventCount }, { $0.eventCount = $1 ?? 0 }),
  ]

  /// Columns that files of earlier versions lack, in the order in which they came.
  private static let later: [ResultColumn] = [
    hash("prompt_prefix_hash", { $0.promptPrefixHash }, { $0.promptPrefixHash = $1 }),
    ResultColumn(["remarks"]) {
      $1.bind($0.remarks.names)
    } read: {
      $0.remarks = ReadingRemarks(names: $1.text("remarks") ?? "")
    },
    time("first_slack", { $0.firstSlack }, { $0.firstSlack = $1 }),
    count("session", { $0.origin.session }, { $0.origin.session = $1 ?? $0.index }),
    count("turn", { $0.origin.turn }, { $0.origin.turn = $1 ?? 0 }),
    text("class", { $0.origin.class }, { $0.origin.class = $1 }),
    count("stage", { $0.origin.stage }, { $0.origin.stage = $1 }),
  ]
}
