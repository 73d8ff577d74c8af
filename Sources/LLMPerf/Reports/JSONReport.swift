/// The report for programs. Every key names its unit; what does not exist is null or absent.
public enum JSONReport {
  /// The version of the report's form; it changes when a key's meaning does.
  public static let formatVersion = 1

  /// The whole report.
  public static func make(_ result: RunResult) -> JSON {
    let summary = result.summary
    var members: [JSON.Member] = [
      .init("format_version", .int(formatVersion)),
      .init("run", run(result.run)),
      .init("verdict", verdict(result.verdict)),
    ]
    members += SummaryJSON(summary).members
    members.append(.init("client", client(result.health)))
    members.append(.init("legacy", classic(summary.classic)))
    members.append(.init("timeline", timeline(summary.timeline)))
    return .object(members)
  }

  private static func run(_ run: RunDescription) -> JSON {
    [
      ("name", .string(run.name)),
      ("model", .string(run.model)),
      ("api", .string(run.api)),
      ("url", .string(run.url)),
      ("parallel", .optional(run.parallel)),
      ("expected_requests", .optional(run.expectedRequests)),
      ("seed", .number(String(run.seed))),
      ("version", .string(run.version)),
      // The pair that maps every time of the run to the wall clock: 0 of the run's monotonic clock is this moment.
      ("clock", ["monotonic_seconds": 0, "unix_seconds": .double(run.wallClockStart)]),
      ("arguments", .array(run.arguments.map { .string($0) })),
      ("configuration", object(run.configuration)),
      ("machine", object(run.machine)),
    ].asObject
  }

  private static func object(_ pairs: [(name: String, value: JSON)]) -> JSON {
    .object(pairs.map { JSON.Member($0.name, $0.value) })
  }

  /// The verdict with its reasons: level, code for programs, message for people.
  public static func verdict(_ verdict: Verdict) -> JSON {
    [
      ("level", .string(verdict.level.rawValue)),
      (
        "reasons",
        .array(
          verdict.reasons.map { reason in
            [
              ("level", .string(reason.level.rawValue)), ("code", .string(reason.code)),
              ("message", .string(reason.message)),
            ].asObject
          })
      ),
    ].asObject
  }

  private static func client(_ health: ClientHealth) -> JSON {
    let threads = health.threads.map { thread in
      [
        ("name", .string(thread.name)), ("is_timed", .bool(thread.isTimed)),
        ("cpu_share", .double(thread.cpuShare)), ("peak_cpu_share", .double(thread.peakCPUShare)),
        ("wait_share", .double(thread.waitShare)),
      ].asObject
    }
    return [
      ("threads", .array(threads)),
      ("processors", .double(health.processorCount)),
      ("cpu_use_processors", .double(health.totalCPUUse)),
      ("throttled_share", .double(health.throttledShare)),
      ("longest_loop_stall_seconds", .double(health.longestLoopStall)),
      ("loop_stall_p99_seconds", .double(health.loopStallP99)),
      ("recorder_backlog_peak_requests", .optional(health.recorderBacklogPeak)),
      ("database_lag_peak_seconds", .double(health.databaseLagPeak)),
      ("disbelieved_stamps", .optional(health.disbelievedStamps)),
      ("clock_steps", .optional(health.clockSteps)),
      ("largest_clock_step_seconds", .double(health.largestClockStep)),
      ("knows_run_delay", health.knowsRunDelay.map { .bool($0) } ?? .null),
      ("socket_backlog_peak_bytes", .optional(health.socketBacklogPeak)),
      ("resident_memory_peak_bytes", .optional(health.residentMemoryPeak)),
      ("calibration", health.calibration?.json ?? .null),
    ].asObject
  }

  private static func classic(_ numbers: ClassicNumbers) -> JSON {
    func percentiles(_ values: [Double]) -> JSON {
      .object(zip(ClassicDefinition.percentiles, values).map { JSON.Member("p\(Int($0))", .double($1)) })
    }
    return [
      ("time_taken_seconds", .double(numbers.timeTaken)),
      ("queries_per_second", .double(numbers.queriesPerSecond)),
      ("average_latency_seconds", .double(numbers.averageLatency)),
      ("output_tokens_per_second", .double(numbers.outputTokenThroughput)),
      ("average_first_chunk_latency_seconds", .double(numbers.averageFirstChunkLatency)),
      ("time_per_output_token_seconds", .double(numbers.timePerOutputToken)),
      ("packages_per_request", .double(numbers.packagesPerRequest)),
      ("average_package_latency_seconds", .double(numbers.averagePackageLatency)),
      ("first_chunk_latency_percentiles_seconds", percentiles(numbers.firstChunkPercentiles)),
      ("latency_percentiles_seconds", percentiles(numbers.latencyPercentiles)),
    ].asObject
  }

  private static func timeline(_ series: TimeSeries) -> JSON {
    [
      ("bucket_seconds", .double(series.width)),
      (
        "buckets",
        .array(
          series.buckets.map { bucket in
            [
              ("start_seconds", .double(bucket.start)), ("sent", .int(bucket.sent)), ("ended", .int(bucket.ended)),
              ("failed", .int(bucket.failed)), ("in_flight", .int(bucket.inFlight)),
              ("output_tokens", .double(bucket.outputTokens)),
              ("ttft_p50_seconds", .double(bucket.timeToFirstTokenP50)),
              ("ttft_p99_seconds", .double(bucket.timeToFirstTokenP99)),
            ].asObject
          })
      ),
    ].asObject
  }
}

extension [(String, JSON)] {
  /// The pairs as an object, in their order.
  var asObject: JSON { .object(map { JSON.Member($0.0, $0.1) }) }
}
