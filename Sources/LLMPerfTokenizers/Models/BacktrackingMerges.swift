/// Exact byte-pair encoding without merging.
///
/// Walks from left to right and takes the longest entry that byte-pair encoding would keep apart from the entry before
/// it, and drops the last one again where nothing fits. Two neighbours stay apart if no merge across their border would
/// have come before the merges that made them. Each position is given up at most once, so that the time is linear in
/// the length. (The algorithm of github/rust-gems, "So many tokenizers, so little time".)
///
/// It is exact for byte-level vocabularies in which how early a merge comes is a function of what it produces. Entries
/// are numbered in that order here: first the 256 bytes, then the products.
///
/// Some lists hold a merge before one that makes its parts. Such an early merge happens right after the later part is
/// there, place by place, which numbers cannot express; words that spell the product of one are left to merging.
struct BacktrackingMerges: Sendable {
  private static let none = UInt32.max

  private let trie: ByteTrie
  private let earlyProducts: ByteTrie?
  /// By number: the two entries that it is merged from (left in the upper half); a byte is its own two halves.
  private let halves: [UInt64]
  private let lengths: [UInt32]
  /// By number: the next shorter reachable entry that it begins with.
  private let prefixes: [UInt32]
  private let ids: [UInt32]
  /// Open addressing: left, right and product, 21 bits each; all ones is a free slot.
  private let pairs: [UInt64]
  private let pairMask: Int
  private let bytePairs: [UInt32]

  /// Nil if the vocabulary is not of the kind that this is exact for.
  init?(_ model: BytePairMerges, vocabulary: Vocabulary, bytes: [UInt32], reachable: ReachableTokens) {
    guard bytes.count == 256, !bytes.contains(Self.none), model.standTogether else { return nil }
    var number = [UInt32](repeating: Self.none, count: vocabulary.idEnd)
    var ids: [UInt32] = []
    ids.reserveCapacity(vocabulary.count)
    for id in bytes {
      guard number[Int(id)] == Self.none else { return nil }
      number[Int(id)] = UInt32(ids.count)
      ids.append(id)
    }
    for (rank, merge) in model.merges.enumerated()
    where model.isInForce(rank) && number[Int(merge.result)] == Self.none {
      number[Int(merge.result)] = UInt32(ids.count)
      ids.append(merge.result)
    }
    var early = ByteStrings()
    var keys = ByteStrings()
    keys.reserve(ids.count)
    var values: [UInt32] = []
    var halves: [UInt64] = []
    var lengths: [UInt32] = []
    for (index, id) in ids.enumerated() {
      var parts = (left: UInt32(index), right: UInt32(index))
      let isReachable = index < 256 || reachable.contains(id)
      if index >= 256, isReachable {
        parts = reachable.halves(of: id)
        parts = (number[Int(parts.left)], number[Int(parts.right)])
        guard parts.left != Self.none, parts.right != Self.none else { return nil }
        if max(parts.left, parts.right) > index { vocabulary.withToken(Int(id)) { early.append($0) } }
      }
      halves.append(UInt64(parts.left) << 32 | UInt64(parts.right))
      lengths.append(UInt32(vocabulary.withToken(Int(id)) { $0.count } ?? 0))
      if isReachable {
        vocabulary.withToken(Int(id)) { keys.append($0) }
        values.append(UInt32(index))
      }
    }
    let trie = ByteTrie(keys, values: values)
    var prefixes = [UInt32](repeating: Self.none, count: ids.count)
    for (position, index) in values.enumerated() {
      keys.withString(position) { key in
        guard let bytes = key.baseAddress else { return }
        let shorter = trie.longestMatch(bytes, from: 0, to: key.count - 1)
        if shorter.value != 0 { prefixes[Int(index)] = shorter.value - 1 }
      }
    }
    var size = 16
    while size * 2 < model.merges.count * 3 { size *= 2 }
    var slots = [UInt64](repeating: .max, count: size)
    var bytePairs = [UInt32](repeating: Self.none, count: 1 << 16)
    for (rank, merge) in model.merges.enumerated() where model.isInForce(rank) {
      let left = number[Int(merge.left)]
      let right = number[Int(merge.right)]
      guard left != Self.none, right != Self.none else { continue }
      let product = number[Int(merge.result)]
      if left < 256, right < 256 {
        bytePairs[Int(left << 8 | right)] = product
      } else {
        let key = UInt64(left) << 42 | UInt64(right) << 21
        var slot = Self.slot(key) & (size - 1)
        while slots[slot] != .max { slot = (slot + 1) & (size - 1) }
        slots[slot] = key | UInt64(product)
      }
    }
    self.trie = trie
    earlyProducts =
      early.count == 0 ? nil : ByteTrie(early, values: [UInt32](repeating: 0, count: early.count))
    self.halves = halves
    self.lengths = lengths
    self.prefixes = prefixes
    self.ids = ids
    pairs = slots
    pairMask = size - 1
    self.bytePairs = bytePairs
  }

  @inline(__always)
  private static func slot(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32)
  }

  /// What two entries merge into, or `none`.
  @inline(__always)
  private func product(_ left: UInt32, _ right: UInt32) -> UInt32 {
    if left | right < 256 { return bytePairs[unchecked: Int(left << 8 | right)] }
    let key = UInt64(left) << 42 | UInt64(right) << 21
    var slot = Self.slot(key) & pairMask
    while true {
      let found = pairs[unchecked: slot]
      if found & ~0x1F_FFFF == key { return UInt32(found & 0x1F_FFFF) }
      if found == .max { return Self.none }
      slot = (slot + 1) & pairMask
    }
  }

  /// Whether byte-pair encoding keeps the border between two entries.
  ///
  /// Undoes their merges from the border outwards, always the later one, and fails if at some moment a pair across the
  /// border would have merged earlier than what was undone.
  @inline(__always)
  private func staysApart(_ first: UInt32, _ second: UInt32) -> Bool {
    var left = first
    var right = second
    var limit = UInt32.max
    while true {
      // None is the greatest number, so that no merge never fails; the limit begins with it.
      if product(left, right) < limit { return false }
      if left > right {
        limit = left
        left = UInt32(truncatingIfNeeded: halves[unchecked: Int(left)])
        if left == limit {
          limit = right + 1
          right = UInt32(truncatingIfNeeded: halves[unchecked: Int(right)] >> 32)
          if right + 1 == limit { return true }
        }
      } else {
        limit = right + 1
        right = UInt32(truncatingIfNeeded: halves[unchecked: Int(right)] >> 32)
        if right + 1 == limit {
          limit = left
          left = UInt32(truncatingIfNeeded: halves[unchecked: Int(left)])
          if left == limit { return true }
        }
      }
    }
  }

  /// Whether this finds what merging finds in a word.
  @inline(__always)
  func isExact(for word: UTF8Bytes) -> Bool {
    guard let earlyProducts, let bytes = word.baseAddress else { return true }
    for start in 0..<word.count where earlyProducts.longestMatch(bytes, from: start, to: word.count).value != 0 {
      return false
    }
    return true
  }

  /// Writes the ids of a word to `scratch.output`, which is empty. The word must be one that this is exact for.
  func encode(_ word: UTF8Bytes, scratch: inout ModelScratch) {
    guard let bytes = word.baseAddress else { return }
    let end = word.count
    var match = trie.longestMatch(bytes, from: 0, to: end)
    if match.end == end {
      scratch.output.append(ids[unchecked: Int(match.value - 1)])
      return
    }
    // A bit per position, clear where the rest of the word is known to have no encoding that keeps the border.
    scratch.bits.fill(.max, count: end >> 6 + 1)
    let alive = scratch.bits.base
    scratch.output.reserve(end)
    let stack = scratch.output.base
    var depth = 0
    var position = 0
    var next = match.value - 1
    while true {
      let last = depth > 0 ? stack[depth - 1] : Self.none
      while true {
        let border = position + Int(lengths[unchecked: Int(next)])
        if alive[border >> 6] & 1 << UInt64(border & 63) != 0, last == Self.none || staysApart(last, next) {
          stack[depth] = next
          depth += 1
          position = border
          if position == end {
            for index in 0..<depth { stack[index] = ids[unchecked: Int(stack[index])] }
            scratch.output.truncate(to: depth)
            return
          }
          match = trie.longestMatch(bytes, from: position, to: end)
          next = match.value - 1
          break
        }
        let shorter = prefixes[unchecked: Int(next)]
        if shorter != Self.none {
          next = shorter
          continue
        }
        alive[position >> 6] &= ~(1 << UInt64(position & 63))
        // Bytes alone always fit, so that there is something to drop.
        guard last != Self.none else {
          scratch.output.truncate(to: 0)
          return
        }
        depth -= 1
        position -= Int(lengths[unchecked: Int(last)])
        next = last
        break
      }
    }
  }
}
