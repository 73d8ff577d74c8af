extension ClientHealth {
  /// The client's state as the JSON report's member `client` tells it.
  public init(_ json: JSON) {
    self.init()
    threads = (json["threads"]?.arrayValue ?? []).map { thread in
      Thread(
        name: thread["name"]?.stringValue ?? "", isTimed: thread["is_timed"]?.boolValue ?? false,
        cpuShare: thread["cpu_share"]?.doubleValue ?? 0, peakCPUShare: thread["peak_cpu_share"]?.doubleValue,
        waitShare: thread["wait_share"]?.doubleValue)
    }
    processorCount = json["processors"]?.doubleValue
    totalCPUUse = json["cpu_use_processors"]?.doubleValue
    throttledShare = json["throttled_share"]?.doubleValue
    longestLoopStall = json["longest_loop_stall_seconds"]?.doubleValue
    loopStallP99 = json["loop_stall_p99_seconds"]?.doubleValue
    recorderBacklogPeak = json["recorder_backlog_peak_requests"]?.intValue
    databaseLagPeak = json["database_lag_peak_seconds"]?.doubleValue
    socketBacklogPeak = json["socket_backlog_peak_bytes"]?.intValue
    disbelievedStamps = json["disbelieved_stamps"]?.intValue
    clockSteps = json["clock_steps"]?.intValue
    largestClockStep = json["largest_clock_step_seconds"]?.doubleValue
    knowsRunDelay = json["knows_run_delay"]?.boolValue
    residentMemoryPeak = json["resident_memory_peak_bytes"]?.intValue
    if let found = json["calibration"], found != .null { calibration = Calibration(found) }
  }
}

extension Calibration {
  /// Reads what `json` writes; nil when nothing of it is there.
  public init?(_ json: JSON) {
    self.init()
    eventCeiling = json["event_ceiling_per_second"]?.doubleValue
    requestCeiling = json["request_ceiling_per_second"]?.doubleValue
    addedTimeToFirstTokenP50 = json["added_ttft_p50_seconds"]?.doubleValue
    addedTimeToFirstTokenP99 = json["added_ttft_p99_seconds"]?.doubleValue
    addedGapP50 = json["added_gap_p50_seconds"]?.doubleValue
    addedGapP99 = json["added_gap_p99_seconds"]?.doubleValue
    addedCount = json["added_answers"]?.intValue
    if self == Calibration() { return nil }
  }

  /// The figures by name, absent ones null.
  public var json: JSON {
    [
      "event_ceiling_per_second": .double(eventCeiling), "request_ceiling_per_second": .double(requestCeiling),
      "added_ttft_p50_seconds": .double(addedTimeToFirstTokenP50),
      "added_ttft_p99_seconds": .double(addedTimeToFirstTokenP99),
      "added_gap_p50_seconds": .double(addedGapP50), "added_gap_p99_seconds": .double(addedGapP99),
      "added_answers": .optional(addedCount),
    ]
  }
}
