import Testing

@testable import LLMPerf

struct PrecisionGoalTests {
  @Test(arguments: [
    ("p99(ttft) ±5%", "p99(ttft) ±5%"), ("mean(latency)+-2%", "mean(latency) ±2%"),
    (" P99.9 ( TTFT ) +/- 0.5 % ", "p99.9(ttft) ±0.5%"), ("median(tpot) ±1ms", "p50(tpot) ±1ms"),
    ("p50(response_time) ±0.2s", "p50(response-time) ±200ms"), ("p90(e2el) ±7%", "p90(latency) ±7%"),
  ])
  func `reads what a user writes`(text: String, canonical: String) throws {
    let goal = try PrecisionGoal(parsing: text)
    #expect(goal.description == canonical)
    #expect(try PrecisionGoal(parsing: canonical) == goal)
  }

  @Test(arguments: [
    ("p99 ttft ±5%", "parentheses"), ("p99(speed) ±5%", "'speed' is not known"), ("max(ttft) ±5%", "neither mean nor"),
    ("p100(ttft) ±5%", "neither mean nor"), ("p0x10(ttft) ±5%", "neither mean nor"), ("p99(ttft) 5%", "no tolerance"),
    ("p99(ttft) ±5", "neither a share"),
    ("p99(ttft) ±0%", "neither a share"), ("p99(ttft) ±150%", "neither a share"), ("", "parentheses"),
  ])
  func `says what is wrong`(text: String, complaint: String) throws {
    let error = #expect(throws: UsageError.self) { try PrecisionGoal(parsing: text) }
    #expect(try #require(error).message.contains(complaint))
  }

  @Test
  func `is reached when neither end of the interval is too far`() throws {
    let goal = try PrecisionGoal(parsing: "mean(ttft) ±5%")
    func estimate(_ low: Double, _ high: Double, count: Int = 100) -> Estimate {
      Estimate(value: 1, interval: ConfidenceInterval(low: low, high: high), count: count)
    }
    #expect(goal.isReached(by: estimate(0.96, 1.04)))
    #expect(!goal.isReached(by: estimate(0.94, 1.04)))
    #expect(!goal.isReached(by: estimate(0.96, 1.06)))
    #expect(!goal.isReached(by: estimate(0.96, 1.04, count: 29)))
    #expect(!goal.isReached(by: nil))
    let absolute = try PrecisionGoal(parsing: "mean(ttft) ±45ms")
    #expect(absolute.isReached(by: estimate(0.96, 1.04)))
    #expect(!absolute.isReached(by: estimate(0.95, 1.04)))
  }

  @Test
  func `uses the interval of the report`() throws {
    let builder = SummaryBuilder()
    builder.receive(RequestRecord.closedLoop(parallel: 5, rounds: 200))
    let summary = try builder.summary()
    let p99 = try #require(try builder.estimate(for: PrecisionGoal(parsing: "p99(ttft) ±5%")))
    #expect(p99.interval == summary.certainty.timeToFirstToken.p99)
    #expect(p99.value == summary.times.timeToFirstToken.percentile(99))
    let mean = try #require(try builder.estimate(for: PrecisionGoal(parsing: "mean(latency) ±5%")))
    #expect(mean.interval == summary.certainty.latency.mean)
    #expect(try SummaryBuilder().estimate(for: PrecisionGoal(parsing: "mean(latency) ±5%")) == nil)
  }

  @Test
  func `stops a run when the goal is reached twice in a row`() throws {
    let records = RequestRecord.closedLoop(parallel: 5, rounds: 200)
    func stop(at goal: String) throws -> Int? {
      let builder = SummaryBuilder()
      var watch = PrecisionWatch(goals: [try PrecisionGoal(parsing: goal)])
      for (position, record) in records.enumerated() {
        builder.receive([record])
        if try watch.isReached(by: builder) { return position + 1 }
      }
      return nil
    }
    // TTFT is 20 to 30 ms: thirty requests tell its mean within 50 %, and a thousand not within 0.01 %.
    #expect(try stop(at: "mean(ttft) ±50%") == 34)
    #expect(try stop(at: "mean(ttft) ±0.01%") == nil)
    let narrow = try #require(try stop(at: "mean(ttft) ±2%"))
    #expect(narrow > 34 && narrow < 500)
    var nothing = PrecisionWatch(goals: [])
    #expect(try !nothing.isReached(by: SummaryBuilder()))
  }
}
