/// Tells gaps of zero that a late client made from those of a service that sends several events at once.
///
/// A socket has one stamp for what lies in it. When the client comes by less often than the service writes, it finds events
/// of several writes in one read: the gaps between them are zero, and the one before them is too long by as much. How long
/// the last segment of a read waited is known, and over an answer the longest such wait is about the time between two
/// visits. A client that is on time reads an event long before the next is due.
enum GapsOfReads {
  /// The share of an answer's mean gap that its longest wait has to exceed. Of events that wait for less, hardly one meets
  /// its successor.
  static let shareOfGap = 0.5

  /// How many of an answer's `zeros` gaps of zero are those of late reads: all of them or none.
  static func count(zeros: Int, of record: RequestRecord) -> Int {
    let gaps = record.tokenEventTimes.count - 1 - zeros
    guard zeros > 0, gaps > 0, let first = record.tokenEventTimes.first, let last = record.tokenEventTimes.last else {
      return 0
    }
    // The mean of those that are not zero: of a service that sends several events at once, the time between two writes.
    let mean = (last - first).inSeconds / Double(gaps)
    let wait = record.longestReadDelay.inSeconds
    return mean >= VerdictRules.finestGap && wait > shareOfGap * mean ? zeros : 0
  }
}
