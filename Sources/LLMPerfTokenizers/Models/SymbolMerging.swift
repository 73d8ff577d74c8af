/// What models write on, kept from word to word.
struct ModelScratch: ~Copyable {
  var symbols = GrowableBuffer<UInt32>(capacity: 256)
  var candidates = GrowableBuffer<UInt64>(capacity: 256)
  var next = GrowableBuffer<Int32>(capacity: 256)
  var previous = GrowableBuffer<Int32>(capacity: 256)
  var queue = MergeQueue()
  var bits = GrowableBuffer<UInt64>(capacity: 64)
  var scores = GrowableBuffer<Double>(capacity: 256)
  var bytes = GrowableBuffer<UInt8>(capacity: 256)
  var output = GrowableBuffer<UInt32>(capacity: 256)

  mutating func shrink() {
    symbols.shrink(above: 1 << 16)
    candidates.shrink(above: 1 << 16)
    next.shrink(above: 1 << 16)
    previous.shrink(above: 1 << 16)
    queue.removeAll()
    bits.shrink(above: 1 << 14)
    scores.shrink(above: 1 << 16)
    bytes.shrink(above: 1 << 16)
    output.shrink(above: 1 << 16)
  }
}

/// Byte-pair merging itself: while two neighbours are in the table, merges the pair of the lowest rank, the leftmost
/// among equals.
enum SymbolMerging {
  /// Up to this many symbols, looking at all pairs for the best one is faster than keeping a queue.
  static let shortWord = 40

  /// Merges the symbols in `scratch.symbols` in place.
  static func merge(_ pairs: PairTable, scratch: inout ModelScratch) {
    if scratch.symbols.count <= shortWord {
      mergeShort(pairs, scratch: &scratch)
    } else {
      mergeLong(pairs, scratch: &scratch)
    }
  }

  static func mergeShort(_ pairs: PairTable, scratch: inout ModelScratch) {
    var count = scratch.symbols.count
    guard count > 1 else { return }
    scratch.candidates.reserve(count)
    let symbols = scratch.symbols.base
    let candidates = scratch.candidates.base
    for index in 0..<count - 1 { candidates[index] = pairs.lookUp(symbols[index], symbols[index + 1]) }
    while count > 1 {
      var best = PairTable.none
      var place = 0
      for index in 0..<count - 1 where candidates[index] >> 32 < best >> 32 {
        best = candidates[index]
        place = index
      }
      if best == PairTable.none { break }
      symbols[place] = UInt32(truncatingIfNeeded: best)
      count -= 1
      for index in place + 1..<max(count, place + 1) {
        symbols[index] = symbols[index + 1]
        candidates[index - 1] = candidates[index]
      }
      if place > 0 { candidates[place - 1] = pairs.lookUp(symbols[place - 1], symbols[place]) }
      if place < count - 1 { candidates[place] = pairs.lookUp(symbols[place], symbols[place + 1]) }
    }
    scratch.symbols.truncate(to: count)
  }

  /// - Returns: the two symbols (left in the upper half) that were merged last.
  @discardableResult
  static func mergeLong(_ pairs: PairTable, scratch: inout ModelScratch) -> UInt64 {
    let count = scratch.symbols.count
    guard count > 1 else { return PairTable.none }
    var last = PairTable.none
    scratch.next.fill(0, count: count)
    scratch.previous.fill(0, count: count)
    scratch.queue.removeAll()
    let symbols = scratch.symbols.base
    let next = scratch.next.base
    let previous = scratch.previous.base
    for index in 0..<count {
      next[index] = index + 1 < count ? Int32(index + 1) : -1
      previous[index] = Int32(index - 1)
      if index + 1 < count {
        push(pairs.lookUp(symbols[index], symbols[index + 1]), index, &scratch.queue)
      }
    }
    while let key = scratch.queue.pop() {
      let place = Int(key & 0xFFFF_FFFF)
      // A symbol that was merged into its left neighbour has itself as its successor.
      let right = Int(next[place])
      if right < 0 || right == place { continue }
      let merge = pairs.lookUp(symbols[place], symbols[right])
      if merge == PairTable.none || merge >> 32 != key >> 32 { continue }
      last = UInt64(symbols[place]) << 32 | UInt64(symbols[right])
      symbols[place] = UInt32(truncatingIfNeeded: merge)
      let after = next[right]
      next[place] = after
      next[right] = Int32(right)
      if after >= 0 {
        previous[Int(after)] = Int32(place)
        push(pairs.lookUp(symbols[place], symbols[Int(after)]), place, &scratch.queue)
      }
      let before = Int(previous[place])
      if before >= 0 { push(pairs.lookUp(symbols[before], symbols[place]), before, &scratch.queue) }
    }
    var kept = 0
    var index = 0
    while index >= 0 {
      symbols[kept] = symbols[index]
      kept += 1
      index = Int(next[index])
    }
    scratch.symbols.truncate(to: kept)
    return last
  }

  @inline(__always)
  private static func push(_ merge: UInt64, _ place: Int, _ queue: inout MergeQueue) {
    if merge != PairTable.none { queue.push((merge & ~0xFFFF_FFFF) | UInt64(place)) }
  }
}
