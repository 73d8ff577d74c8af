/// Pools the gaps between the events of answers.
struct GapTally {
  /// Gaps of requests without token counts event by event, and of those with them.
  private var plain = LogLinearHistogram()
  private var counted = LogLinearHistogram()
  /// Gaps of the latter divided by the tokens of their later event, once for each token.
  private var perToken = LogLinearHistogram()
  /// Gaps that are zero since the client read late; see `GapsOfReads`.
  private var ofReads = CountSum()

  /// Adds the gaps of a streamed success.
  ///
  /// - Returns: the longest one in nanoseconds.
  mutating func note(_ record: RequestRecord) -> Int64 {
    let zeros = plain.zeroCount + counted.zeroCount
    let longest = addGaps(of: record)
    let added = plain.zeroCount + counted.zeroCount - zeros
    ofReads.add(GapsOfReads.count(zeros: added, of: record))
    return longest
  }

  private mutating func addGaps(of record: RequestRecord) -> Int64 {
    let times = record.tokenEventTimes
    guard record.tokensPerEvent.count == times.count else { return plain.addGaps(of: times) }
    var waiting: Int64 = 0
    for position in times.indices.dropFirst() {
      waiting += (times[position].nanoseconds - times[position - 1].nanoseconds)
      let tokens = record.tokensPerEvent[position]
      // An event that brought no whole token leaves its gap to the next one.
      guard tokens > 0 else { continue }
      perToken.add(waiting / Int64(tokens), weight: tokens)
      waiting = 0
    }
    return counted.addGaps(of: times)
  }

  /// What is to be told of them.
  var numbers: GapTimes {
    var numbers = GapTimes()
    var gaps = plain
    gaps.add(counted)
    numbers.interChunkLatency = Distribution(gaps)
    var tokens = plain
    tokens.add(perToken)
    numbers.interTokenLatency = Distribution(tokens)
    numbers.isEstimated = plain.count > 0 || perToken.count == 0
    guard gaps.count > 0 else { return numbers }
    numbers.zeroShare = Double(gaps.zeroCount) / Double(gaps.count)
    numbers.lateShare = ofReads.approximate / Double(gaps.count)
    return numbers
  }
}
