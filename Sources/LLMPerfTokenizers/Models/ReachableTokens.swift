/// Which entries of a vocabulary byte-pair encoding can arrive at, and by which last merge.
///
/// Some entries are there although encoding their own characters leads elsewhere; looking a whole word up must not find
/// those.
struct ReachableTokens: Sendable {
  private static let none = UInt64.max
  private let last: [UInt64]

  init(_ model: BytePairMerges, vocabulary: Vocabulary, symbols: SymbolTable) {
    var last = [UInt64](repeating: Self.none, count: vocabulary.idEnd)
    var isProduct = [Bool](repeating: false, count: vocabulary.idEnd)
    for merge in model.merges { isProduct[Int(merge.result)] = true }
    var scratch = ModelScratch()
    for id in 0..<vocabulary.idEnd where isProduct[id] {
      scratch.symbols.removeAll()
      let isKnown = vocabulary.withToken(id) { symbols.appendKnown($0, to: &scratch.symbols) } ?? false
      if isKnown { last[id] = Self.lastMerge(into: UInt32(id), model.pairs, &scratch) }
    }
    self.last = last
  }

  @inline(__always)
  func contains(_ id: UInt32) -> Bool { last[Int(id)] != Self.none }

  func halves(of id: UInt32) -> (left: UInt32, right: UInt32) {
    (UInt32(last[Int(id)] >> 32), UInt32(truncatingIfNeeded: last[Int(id)]))
  }

  /// Merges until two symbols are left, and says which if they then become `id`.
  static func lastMerge(into id: UInt32, _ pairs: PairTable, _ scratch: inout ModelScratch) -> UInt64 {
    let count = scratch.symbols.count
    if count < 2 { return none }
    if count > SymbolMerging.shortWord {
      let last = SymbolMerging.mergeLong(pairs, scratch: &scratch)
      return scratch.symbols.count == 1 && scratch.symbols[0] == id ? last : none
    }
    var left = count
    scratch.candidates.reserve(left)
    let symbols = scratch.symbols.base
    let candidates = scratch.candidates.base
    for index in 0..<left - 1 { candidates[index] = pairs.lookUp(symbols[index], symbols[index + 1]) }
    while left > 2 {
      var best = PairTable.none
      var place = 0
      for index in 0..<left - 1 where candidates[index] >> 32 < best >> 32 {
        best = candidates[index]
        place = index
      }
      if best == PairTable.none { return none }
      symbols[place] = UInt32(truncatingIfNeeded: best)
      left -= 1
      for index in place + 1..<max(left, place + 1) {
        symbols[index] = symbols[index + 1]
        candidates[index - 1] = candidates[index]
      }
      if place > 0 { candidates[place - 1] = pairs.lookUp(symbols[place - 1], symbols[place]) }
      if place < left - 1 { candidates[place] = pairs.lookUp(symbols[place], symbols[place + 1]) }
    }
    guard candidates[0] != PairTable.none, UInt32(truncatingIfNeeded: candidates[0]) == id else { return none }
    return UInt64(symbols[0]) << 32 | UInt64(symbols[1])
  }
}
