/// Counts what was noticed while answers were read.
struct RemarkTally {
  /// Answers with each remark, in the order of `ReadingRemarks.named`.
  private var answers = Array(repeating: 0, count: ReadingRemarks.named.count)

  mutating func note(_ remarks: ReadingRemarks) {
    guard !remarks.isEmpty else { return }
    for (place, named) in ReadingRemarks.named.enumerated() where remarks.contains(named.remark) { answers[place] += 1 }
  }

  /// The remarks that were made.
  var counts: [RemarkCount] {
    zip(ReadingRemarks.named, answers).compactMap { named, count in
      count > 0 ? RemarkCount(named.remark, count: count) : nil
    }
  }
}
