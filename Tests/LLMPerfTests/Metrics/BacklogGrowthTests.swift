import LLMPerf
import Testing

struct BacklogGrowthTests {
  /// Requests that arrive at `rate` for ten seconds at the distances of a Poisson process, and are answered one after the
  /// other in `service` milliseconds each by `servers`.
  private static func summary(rate: Double, service: Double, servers: Int, isOpenLoop: Bool = true) throws -> RunSummary
  {
    let builder = SummaryBuilder()
    var free = [Double](repeating: 0, count: servers)
    var due = PoissonArrivals(rate: rate).dueTimes(seed: 7).makeIterator()
    var index = 0
    while let at = due.next(), at.seconds < 10 {
      let server = free.indices.min { free[$0] < free[$1] } ?? 0
      let end = max(free[server], at.seconds * 1000) + service
      free[server] = end
      builder.receive([.streamed(index, sent: at.seconds * 1000, tokens: [end], end: end)])
      index += 1
    }
    return try builder.summary(SummaryOptions(isOpenLoop: isOpenLoop))
  }

  @Test
  func `a service that answers less than it gets has more and more in flight`() throws {
    // 100 a second arrive and 80 are answered: after 10 s some 200 wait.
    let growth = try #require(try Self.summary(rate: 100, service: 50, servers: 4).inFlight.growth)
    #expect(growth.before > 70 && growth.before < 130)
    #expect(growth.after > 130 && growth.after < 200)
  }

  @Test(arguments: [(100.0, 50.0, 8), (100, 5, 1), (20, 400, 12), (100, 38, 4)])
  func `a service that keeps up has not`(rate: Double, service: Double, servers: Int) throws {
    #expect(try Self.summary(rate: rate, service: service, servers: servers).inFlight.growth == nil)
  }

  @Test
  func `a closed loop cannot be overloaded`() throws {
    #expect(try Self.summary(rate: 100, service: 50, servers: 4, isOpenLoop: false).inFlight.growth == nil)
  }
}
