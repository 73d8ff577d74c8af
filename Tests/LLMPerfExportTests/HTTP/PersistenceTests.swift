import LLMPerf
import LLMPerfWire
import Testing

@testable import LLMPerfExport

struct PersistenceTests {
  @Test
  func `waits as long as the service asks, and else twice as long each time`() {
    let policy = RetryPolicy()
    #expect(policy.wait(afterFailures: 1, random: 0) == .seconds(2))
    #expect(policy.wait(afterFailures: 3, random: 1) == .seconds(10))
    #expect(policy.wait(afterFailures: 40, random: 0) == .seconds(60))
    #expect(policy.wait(afterFailures: 1, retryAfter: "7", random: 0) == .seconds(7))
  }

  @Test(
    arguments: [
      ("nan", nil), ("-nan", nil), ("-5", nil), ("", nil), ("x", nil), ("Wed, 21 Oct 2026 07:28:00 GMT", nil),
      ("inf", 60), ("1e300", 60), ("9223372036854775807", 60), ("0x1p2000", 60), ("0", 0), ("1.5", 1.5), ("-0", 0),
    ] as [(String, Double?)])
  func `a time to wait is one that can be waited, whatever the service says`(text: String, seconds: Double?) {
    #expect(HeaderNumber.wait(text, atMost: .seconds(60)) == seconds.map { .seconds($0) })
    let wait = RetryPolicy().wait(afterFailures: 1, retryAfter: text, random: 0)
    #expect(wait >= .zero && wait <= .seconds(600))
  }

  @Test
  func `a service that answers slowly has its time after the run's end, and no more`() {
    let end = MonotonicClock(origin: 0).now.nanoseconds - 1_000_000_000
    let limits = Persistence.Limits(
      finish: .milliseconds(1), finishWithoutSuccess: .seconds(60), finishWithoutContact: .seconds(60))
    let persist = Persistence("S", limits: limits, waker: Waker(), endedAt: { end }, note: { _ in })
    var calls = 0
    #expect(throws: Never.self) { try persist { () throws(ServiceFailure) in calls += 1 } }
    #expect(throws: Abandoned.self) { try persist { () throws(ServiceFailure) in calls += 1 } }
    #expect(calls == 1)
  }
}
