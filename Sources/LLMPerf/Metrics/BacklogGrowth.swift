/// Requests in flight that still became more when an open loop's sending ended: the service got more than it answered.
///
/// A service that keeps up has as many in flight as arrive while one is answered (Little's law), and they waver around that
/// number once the first have been answered. In one that does not, they become more as long as requests arrive: then its
/// response times say how long the run was.
public struct BacklogGrowth: Sendable, Hashable {
  /// The mean number in flight in the middle third of the sending, and in the last.
  public var before: Double
  public var after: Double

  /// How much more there must be: a quarter, which is what the steady window allows for drift as well,
  static let leastGrowth = 0.25
  /// and three times what a number of independent arrivals varies by, √n: with few in flight a quarter is chance.
  static let leastDeviations = 3.0
  /// A third must hold so many ends, for its mean not to be that of one wave of requests.
  static let fewestEnds = 10

  /// A growth from `before` to `after` in flight.
  public init(before: Double, after: Double) {
    (self.before, self.after) = (before, after)
  }

  /// The growth in `activity`; nil when there is none.
  init?(_ activity: ActivitySeries) {
    let buckets = activity.buckets
    guard let first = buckets.firstIndex(where: { $0.sent > 0 }), let last = buckets.lastIndex(where: { $0.sent > 0 })
    else { return nil }
    // The last bucket is not whole.
    let third = (last - first) / 3
    guard third >= 1 else { return nil }
    let middle = last - 2 * third..<last - third
    let end = last - third..<last
    let inFlight = activity.inFlight
    func mean(_ range: Range<Int>) -> Double { Double(inFlight[range].reduce(0, +)) / Double(range.count) }
    func ends(_ range: Range<Int>) -> Int { buckets[range].reduce(0) { $0 + $1.ended } }
    self.init(before: mean(middle), after: mean(end))
    let least = max(Self.leastGrowth * before, Self.leastDeviations * before.squareRoot())
    guard ends(middle) >= Self.fewestEnds, ends(end) >= Self.fewestEnds, after - before > least else { return nil }
  }
}
