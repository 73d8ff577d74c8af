/// A byte-pair model's merge list, and what its vocabulary entries turn out to be.
struct BytePairMerges: Sendable {
  struct Merge: Sendable {
    var left: UInt32
    var right: UInt32
    var result: UInt32
  }

  /// In the order of rank.
  private(set) var merges: [Merge]
  private(set) var pairs: PairTable

  init(_ merges: [Merge]) {
    self.merges = merges
    pairs = PairTable(capacity: merges.count)
    for (rank, merge) in merges.enumerated() {
      pairs.set(merge.left, merge.right, rank: UInt32(rank), result: merge.result)
    }
  }

  init(capacity: Int) {
    merges = []
    merges.reserveCapacity(capacity)
    pairs = PairTable(capacity: capacity)
  }

  mutating func append(_ merge: Merge) {
    pairs.set(merge.left, merge.right, rank: UInt32(merges.count), result: merge.result)
    merges.append(merge)
  }

  /// Whether a merge is in force: of a repeated pair only the last one is.
  func isInForce(_ rank: Int) -> Bool {
    let merge = merges[rank]
    return pairs.lookUp(merge.left, merge.right) >> 32 == UInt64(rank)
  }

  /// Whether the merges into one token always stand together, so that how early two symbols merge depends only on what
  /// they become.
  var standTogether: Bool {
    var seen: Set<UInt32> = []
    var last: UInt32?
    for (rank, merge) in merges.enumerated() where isInForce(rank) {
      if merge.result != last, !seen.insert(merge.result).inserted { return false }
      last = merge.result
    }
    return true
  }
}
