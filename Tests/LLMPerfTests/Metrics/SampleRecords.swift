import LLMPerf

/// Knuth's linear congruential generator: the same numbers everywhere, also in the scripts that made the oracles.
struct KnuthGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state
  }

  /// A number from 0 up to 1.
  mutating func nextUnit() -> Double { Double(next() >> 11) * 0x1p-53 }
}

extension RunInstant {
  static func milliseconds(_ value: Double) -> RunInstant {
    RunInstant(nanoseconds: Int64((value * 1e6).rounded()))
  }
}

extension RequestRecord {
  /// A streamed success: times in milliseconds, an empty first event a millisecond before the first token.
  static func streamed(
    _ index: Int, due: Double? = nil, sent: Double, tokens: [Double], end: Double? = nil, input: Int = 10,
    output: Int? = nil
  ) -> RequestRecord {
    var record = RequestRecord(index: index, dueAt: .milliseconds(due ?? sent))
    record.sentAt = .milliseconds(sent)
    record.status = 200
    record.isStreamed = true
    record.tokenEventTimes = tokens.map { .milliseconds($0) }
    record.firstEventAt = tokens.first.map { .milliseconds($0 - 1) }
    record.eventBeforeLastAt = tokens.dropLast().last.map { .milliseconds($0) } ?? record.firstEventAt
    record.lastEventAt = tokens.last.map { .milliseconds($0) }
    record.eventCount = tokens.count + 1
    record.headersAt = record.firstEventAt
    record.firstTokenAt = record.tokenEventTimes.first
    record.firstVisibleAt = record.firstTokenAt
    record.lastTokenAt = record.tokenEventTimes.last
    record.endedAt = .milliseconds(end ?? tokens.last ?? sent)
    record.usage = TokenUsage(input: input, output: output ?? tokens.count)
    record.promptHash = UInt64(index + 1)
    record.promptLength = 400
    return record
  }

  /// A failure that was sent.
  static func failed(
    _ index: Int, due: Double? = nil, sent: Double, end: Double, _ code: RequestFailure.Code = .reset,
    _ message: String = "the connection was reset"
  ) -> RequestRecord {
    var record = RequestRecord(index: index, dueAt: .milliseconds(due ?? sent))
    record.sentAt = .milliseconds(sent)
    record.endedAt = .milliseconds(end)
    record.ending = .failure(RequestFailure(code, message))
    record.promptHash = UInt64(index + 1)
    record.promptLength = 400
    return record
  }

  /// A closed loop of `parallel` slots, each sending `rounds` requests one after the other; seeded.
  static func closedLoop(parallel: Int, rounds: Int, seed: UInt64 = 1, failing: Int = .max) -> [RequestRecord] {
    var random = KnuthGenerator(seed: seed)
    var records: [RequestRecord] = []
    for slot in 0..<parallel {
      var now = Double(slot) * 0.01
      for round in 0..<rounds {
        let index = round * parallel + slot
        let sent = now + 0.05 * random.nextUnit()
        let first = sent + 20 + 10 * random.nextUnit()
        let count = 5 + Int(random.nextUnit() * 10)
        var tokens = [first]
        for _ in 1..<count { tokens.append(tokens[tokens.count - 1] + 5 * random.nextUnit()) }
        if index % failing == failing - 1 {
          records.append(.failed(index, due: now, sent: sent, end: first))
          now = first
        } else {
          records.append(.streamed(index, due: now, sent: sent, tokens: tokens))
          now = tokens[count - 1]
        }
      }
    }
    return records.sorted { ($0.endedAt ?? .start, $0.index) < ($1.endedAt ?? .start, $1.index) }
  }
}

func summary(
  of records: [RequestRecord], objectives: [ServiceLevelObjective] = [], _ options: SummaryOptions = SummaryOptions()
) throws -> RunSummary {
  let builder = SummaryBuilder(objectives: objectives)
  builder.receive(records)
  return try builder.summary(options)
}

extension Double {
  /// Whether both numbers agree to the tolerance, which is relative.
  func isClose(to other: Double, within tolerance: Double = 1e-12) -> Bool {
    abs(self - other) <= tolerance * Swift.max(abs(self), abs(other))
  }
}
