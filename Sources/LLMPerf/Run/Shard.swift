/// The part of a plan that one of several clients sends.
///
/// Every client draws the whole plan, from one seed, and builds the requests that are its own. So the parts together are the
/// plan, whatever their number, and a request keeps its index and its due time.
package struct Shard: Sendable, Hashable {
  /// Which part, from 0.
  package let rank: Int
  /// How many parts there are.
  package let count: Int

  /// All of it.
  package static let whole = Shard()

  private init() {
    rank = 0
    count = 1
  }

  /// Part `rank` of `count`; nil where there is no such part.
  package init?(rank: Int, of count: Int) {
    guard count > 0, 0..<count ~= rank else { return nil }
    self.rank = rank
    self.count = count
  }

  /// Which one of the plan the part's own one at `place` is, from 0.
  func index(of place: Int) -> Int { place * count + rank }

  /// The part's next one of what `draw` draws; those of the other parts are drawn, and left to them.
  func next<Element>(_ draw: () throws -> Element?) rethrows -> Element? {
    for _ in 0..<rank {
      guard try draw() != nil else { return nil }
    }
    guard let own = try draw() else { return nil }
    for _ in (rank + 1)..<count {
      guard try draw() != nil else { break }
    }
    return own
  }
}
