extension Judgement {
  /// Whether the client was fast enough.
  var reasonsOfClient: [Verdict.Reason] {
    [
      busyThread, throttled, firstTokens, loopStall, ceiling, added, lateReads, databaseLag, recorderBacklog,
      socketBacklog, kernelStamps, clockSteps,
    ].compactMap(\.self)
  }

  private var busyThread: Verdict.Reason? {
    let timed = health.threads.filter(\.isTimed)
    guard let worst = timed.max(by: { $0.busyShare < $1.busyShare }) else { return nil }
    let waiting =
      worst.waitShare.map { $0 >= 0.01 ? " and waited for a processor for \(NumberText.percent($0))" : "" } ?? ""
    return graded(
      worst.busyShare, suspect: VerdictRules.suspectBusyShare, invalid: VerdictRules.invalidBusyShare,
      code: "client-cpu",
      "thread \(worst.name) was busy for \(NumberText.percent(worst.cpuShare)) of the run\(waiting); "
        + "lower the load, or give the client more CPU")
  }

  private var throttled: Verdict.Reason? {
    guard let share = health.throttledShare else { return nil }
    return graded(
      share, suspect: VerdictRules.suspectThrottledShare, invalid: VerdictRules.invalidThrottledShare,
      code: "client-throttled",
      "the control group stopped the client for \(NumberText.percent(share)) of the run; raise its CPU limit")
  }

  private var loopStall: Verdict.Reason? {
    guard let stall = health.loopStallP99, let measured, stall > VerdictRules.ordinaryStall else { return nil }
    let longest = health.longestLoopStall.map { ", \(milliseconds($0)) at most" } ?? ""
    return graded(
      stall / measured.value, suspect: VerdictRules.suspectStallShare, invalid: VerdictRules.invalidStallShare,
      code: "loop-stall",
      "an event loop was away for \(milliseconds(stall)) (p99\(longest)) against \(measured.name) "
        + "\(milliseconds(measured.value)); lower the load, or give the client more CPU")
  }

  /// How much too large TTFT may be: the percentiles of the times themselves less those of the same times, each as early as
  /// its slack allows.
  private var firstTokens: Verdict.Reason? {
    let (told, least) = (summary.times.timeToFirstToken, summary.client.earliestTimeToFirstToken)
    let errors = [50.0, 99].compactMap { p -> (p: Double, told: Double, error: Double)? in
      guard let value = told.percentile(p), let earliest = least.percentile(p), value > 0 else { return nil }
      return value - earliest > VerdictRules.ordinarySlack ? (p, value, value - earliest) : nil
    }
    guard let worst = errors.max(by: { $0.error / $0.told < $1.error / $1.told }) else { return nil }
    let isKnown = health.knowsRunDelay ?? true
    let coarse = isKnown ? "" : " (at most: this kernel does not tell how long the client waited for a processor)"
    let reason = graded(
      worst.error / worst.told, suspect: VerdictRules.suspectSlackShare, invalid: VerdictRules.invalidSlackShare,
      code: "first-token-slack",
      "TTFT p\(NumberText.fixed(worst.p, digits: 0)) \(milliseconds(worst.told)) may be up to "
        + "\(milliseconds(worst.error)) too large\(coarse): the client read first tokens late, together with what followed "
        + "them, and what is read at once has one stamp, the last; give the client more CPU, or lower the load")
    // Of few answers, p99 is the latest one.
    guard let reason, reason.level == .invalid, worst.p > 50, told.hasTooFew(for: worst.p),
      !errors.contains(where: { $0.p == 50 && $0.error / $0.told > VerdictRules.invalidSlackShare })
    else { return reason }
    return .init(.suspect, code: reason.code, reason.message)
  }

  private var ceiling: Verdict.Reason? {
    guard let share = health.calibration?.ceilingShare(of: summary) else { return nil }
    if share >= 1 {
      return .init(
        .valid, code: "ceiling-unknown",
        "the run was at least as fast as the client against the calibration's server, which was the limit there; "
          + "how busy its threads were tells what the client had left")
    }
    return graded(
      share, suspect: VerdictRules.suspectCeilingShare, invalid: VerdictRules.invalidCeilingShare,
      code: "above-half-of-ceiling",
      "the run reached \(NumberText.percent(share)) of what this machine's client can do against a server that does nothing; "
        + "use a faster client machine, or several")
  }

  private var added: Verdict.Reason? {
    guard let calibration = health.calibration else { return nil }
    // One late wake-up of the machine is the whole of a p99 over few answers.
    let knowsP99 = (calibration.addedCount ?? Calibration.fewestForP99) >= Calibration.fewestForP99
    let pairs: [(String, Double?, Double?)] = [
      ("TTFT p50", calibration.addedTimeToFirstTokenP50, summary.times.timeToFirstToken.percentile(50)),
      (
        "TTFT p99", knowsP99 ? calibration.addedTimeToFirstTokenP99 : nil, summary.times.timeToFirstToken.percentile(99)
      ),
      ("inter-chunk p50", calibration.addedGapP50, summary.gaps.interChunkLatency.percentile(50)),
      ("inter-chunk p99", knowsP99 ? calibration.addedGapP99 : nil, summary.gaps.interChunkLatency.percentile(99)),
    ]
    let shares = pairs.compactMap { name, added, seen -> (name: String, added: Double, seen: Double)? in
      guard let added, let seen, seen > 0, added > VerdictRules.ordinaryAdded else { return nil }
      return (name, added, seen)
    }
    guard let worst = shares.max(by: { $0.added / $0.seen < $1.added / $1.seen }) else { return nil }
    return graded(
      worst.added / worst.seen, suspect: VerdictRules.suspectAddedShare, invalid: VerdictRules.invalidAddedShare,
      code: "client-adds-too-much",
      "of \(worst.name) \(milliseconds(worst.seen)) the client itself adds \(milliseconds(worst.added)); "
        + "lower the concurrency, or use a faster client machine; 'llmuses calibrate' measures it again")
  }

  private var lateReads: Verdict.Reason? { lateGaps ?? lateForMost }

  private var lateGaps: Verdict.Reason? {
    guard let share = summary.gaps.lateShare, let delay = summary.client.readDelay.percentile(99) else { return nil }
    return graded(
      share, suspect: VerdictRules.suspectLateGapShare, invalid: VerdictRules.invalidLateGapShare, code: "late-reads",
      "\(NumberText.percent(share)) of the gaps between events (ICL) are zero because the client read late and found several "
        + "events at once, and as many are too long: single gaps, ICL's percentiles and max stall may be off by up to "
        + "\(milliseconds(delay)); lower the load, or give the client more CPU or --loops")
  }

  private var lateForMost: Verdict.Reason? {
    let delays = [summary.client.readDelay.percentile(50), summary.client.firstSlack.percentile(50)]
    guard let delay = delays.compactMap(\.self).max(), let gap = summary.gaps.interChunkLatency.mean,
      gap >= VerdictRules.finestGap, delay > VerdictRules.latestReadShare * gap
    else { return nil }
    return .init(
      .suspect, code: "late-reads",
      "in half of the answers some events waited \(milliseconds(delay)) or longer to be read, against a mean gap of "
        + "\(milliseconds(gap)): one read has one stamp, so gaps between events are partly those of the reads; "
        + "lower the load, or give the client more CPU")
  }

  private var databaseLag: Verdict.Reason? {
    guard let lag = health.databaseLagPeak, lag > VerdictRules.longestDatabaseLag else { return nil }
    return .init(
      .suspect, code: "database-lag",
      "the database was up to \(NumberText.fixed(lag, digits: 1)) s behind; put it on a faster disk, or save less with --save"
    )
  }

  private var recorderBacklog: Verdict.Reason? {
    guard let backlog = health.recorderBacklogPeak, backlog > VerdictRules.largestRecorderBacklog else { return nil }
    return .init(
      .valid, code: "recorder-backlog",
      "up to \(backlog) finished requests waited to be recorded; their times are not touched by that")
  }

  private var socketBacklog: Verdict.Reason? {
    guard let backlog = health.socketBacklogPeak, backlog > VerdictRules.largestSocketBacklog else { return nil }
    return .init(
      .suspect, code: "socket-backlog",
      "up to \(NumberText.bytes(backlog)) waited in one socket, so the service may have been held back; lower the load")
  }

  private var kernelStamps: Verdict.Reason? {
    guard let share = summary.client.kernelStampedShare, share < VerdictRules.goodKernelStampedShare else { return nil }
    return .init(
      .valid, code: "no-kernel-stamps",
      "the kernel stamped \(NumberText.percent(share)) of the responses; the times of the others are those of our reads"
    )
  }

  private var clockSteps: Verdict.Reason? {
    let set = (health.clockSteps ?? 0) > 0
    let count = health.disbelievedStamps ?? 0
    guard set || count > 0 else { return nil }
    let cause =
      set
      ? "the wall clock, by which the kernel stamps, was set during the run, by "
        + "\(NumberText.fixed(health.largestClockStep ?? 0, digits: 3)) s at most"
      : "some of the kernel's stamps were from before the request was sent, or from the future"
    return .init(
      .valid, code: "stamps-not-believed",
      "\(cause); \(count) stamps were not believed, and the times of those reads are ours")
  }
}

extension ClientHealth.Thread {
  /// The share of the run in which the thread ran or wanted to.
  var busyShare: Double { cpuShare + (waitShare ?? 0) }
}
