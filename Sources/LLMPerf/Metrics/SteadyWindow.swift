/// A steady part of a run.
public struct SteadyWindow: Sendable, Hashable {
  /// Seconds from the run's start.
  public var start: Double
  public var end: Double
  /// Successes that ended in the window, per second.
  public var requestThroughput: Double?
  /// Output tokens, by the time of their events, per second.
  public var outputTokenThroughput: Double?
  /// Mean number of requests in flight.
  public var meanInFlight: Double?

  /// A window from `start` to `end`.
  public init(
    start: Double, end: Double, requestThroughput: Double? = nil, outputTokenThroughput: Double? = nil,
    meanInFlight: Double? = nil
  ) {
    self.start = start
    self.end = end
    self.requestThroughput = requestThroughput
    self.outputTokenThroughput = outputTokenThroughput
    self.meanInFlight = meanInFlight
  }
}

extension SteadyWindow {
  /// How much of the median number in flight counts as the plateau: a closed loop that hands a slot over is one below
  /// it for a moment, and an open loop wavers around it.
  static let plateauShare = 0.9
  /// The window holds at least so many ends, so that one request more or less changes its rate by 5 % at most.
  static let fewestEnds = 20
  /// The window is at least so many median latencies long: shorter, it would show one wave of requests.
  static let fewestLatencies = 2.0
  /// How far the number in flight may drift between the window's halves. In a backlog that grows it never stops.
  static let largestDrift = 0.25

  /// The steady window of `activity`; nil when there is none.
  ///
  /// It begins when the plateau is reached and the first request has ended (before that nothing could end), and ends
  /// when the plateau is left or the last request is sent (after that the run drains).
  init?(_ activity: ActivitySeries, medianLatency: Double?, source: TokenSource) {
    let buckets = activity.buckets
    let inFlight = activity.inFlight
    guard let medianLatency, let firstEnd = buckets.firstIndex(where: { $0.ended > 0 }),
      let lastSend = buckets.lastIndex(where: { $0.sent > 0 })
    else { return nil }
    let busy = inFlight.filter { $0 > 0 }.sorted()
    guard !busy.isEmpty else { return nil }
    let plateau = Self.plateauShare * Double(busy[(busy.count - 1) / 2])
    guard let reached = inFlight.firstIndex(where: { Double($0) >= plateau }),
      let left = inFlight.lastIndex(where: { Double($0) >= plateau })
    else { return nil }
    // Whole buckets behind the one that opens the window, and up to the one that closes it.
    let first = max(reached, firstEnd) + 1
    let last = min(left + 1, lastSend)
    guard first < last else { return nil }
    let inside = buckets[first..<last]
    let width = Double(activity.width) / 1e9
    let length = Double(inside.count) * width
    let ended = inside.reduce(0) { $0 + $1.ended }
    guard ended >= Self.fewestEnds, length >= Self.fewestLatencies * medianLatency,
      Self.isLevel(inFlight[first..<last])
    else { return nil }
    self.init(
      start: Double(first) * width, end: Double(last) * width,
      requestThroughput: Double(inside.reduce(0) { $0 + $1.ended - $1.failed }) / length,
      outputTokenThroughput: source == .none
        ? nil : inside.reduce(0) { $0 + ($1.tokens(by: source) ?? 0) } / length,
      meanInFlight: Self.mean(inFlight[first..<last]))
  }

  private static func isLevel(_ inFlight: ArraySlice<Int>) -> Bool {
    guard inFlight.count > 1 else { return true }
    let middle = inFlight.startIndex + inFlight.count / 2
    let before = mean(inFlight[..<middle])
    let after = mean(inFlight[middle...])
    // One request's worth of wavering is no drift, however few are in flight.
    return abs(after - before) <= max(1, largestDrift * (before + after) / 2)
  }

  private static func mean(_ counts: ArraySlice<Int>) -> Double {
    Double(counts.reduce(0, +)) / Double(counts.count)
  }
}
