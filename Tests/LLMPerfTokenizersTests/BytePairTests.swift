import Testing

@testable import LLMPerfTokenizers

struct BytePairTests {
  private enum Order: Int { case asMade, shuffled, someEarly }

  /// A byte-level vocabulary of random merges over few letters, so that words are repetitive.
  private static func vocabulary(
    seed: UInt64, letters: String, merges: Int, order: Order
  ) throws -> (Vocabulary, BytePairMerges) {
    var generator = SeededGenerator(seed: seed)
    var vocabulary = Vocabulary()
    for byte in 0..<256 { try vocabulary.insert([UInt8(byte)], id: byte) }
    var tokens = letters.utf8.map { [$0] }
    var list: [BytePairMerges.Merge] = []
    while list.count < merges {
      let left = try #require(tokens.randomElement(using: &generator))
      let right = try #require(tokens.randomElement(using: &generator))
      guard vocabulary.id(of: left + right) == nil, left.count + right.count < 24 else { continue }
      let merge = BytePairMerges.Merge(
        left: try #require(vocabulary.id(of: left)), right: try #require(vocabulary.id(of: right)),
        result: UInt32(vocabulary.idEnd))
      try vocabulary.insert(left + right, id: vocabulary.idEnd)
      list.append(merge)
      tokens.append(left + right)
    }
    // A merge may stand before the merges that make its parts.
    switch order {
    case .asMade: break
    case .shuffled: list.shuffle(using: &generator)
    case .someEarly:
      for _ in 0..<2 {
        let merge = list.remove(at: Int.random(in: 0..<list.count, using: &generator))
        list.insert(merge, at: Int.random(in: 0..<list.count, using: &generator))
      }
    }
    return (vocabulary, BytePairMerges(list))
  }

  @Test(arguments: 1...90)
  func `backtracking finds what merging finds`(seed: Int) throws {
    let order = try #require(Order(rawValue: seed % 3))
    let isOneLetter = seed % 5 == 0
    let (vocabulary, merges) = try Self.vocabulary(
      seed: UInt64(seed), letters: isOneLetter ? "a" : "abc", merges: isOneLetter ? 8 : 30, order: order)
    let symbols = SymbolTable(bytesOf: vocabulary)
    let fast = try BytePairModel(vocabulary, merges, symbols: symbols, options: .init())
    let slow = try BytePairModel(vocabulary, merges, symbols: symbols, options: .init(), alwaysMerges: true)
    if order == .asMade { #expect(fast.method == "backtracking") }
    var generator = SeededGenerator(seed: UInt64(seed) + 1000)
    var scratch = ModelScratch()
    for _ in 0..<60 {
      let length = Int.random(in: 1...90, using: &generator)
      let word = (0..<length).map { _ in
        UInt8(ascii: "a") + UInt8.random(in: 0..<(isOneLetter ? 1 : 3), using: &generator)
      }
      try word.withUnsafeBufferPointer { word in
        scratch.output.removeAll()
        try fast.encode(word, scratch: &scratch)
        let quick = Array(scratch.output.elements)
        scratch.output.removeAll()
        try slow.encode(word, scratch: &scratch)
        #expect(quick == Array(scratch.output.elements), "\(String(decoding: word, as: UTF8.self))")
      }
    }
  }

  @Test(arguments: 1...20)
  func `long words merge as short ones do`(seed: Int) throws {
    let (_, merges) = try Self.vocabulary(
      seed: UInt64(seed), letters: "ab", merges: 20, order: seed % 2 == 0 ? .shuffled : .asMade)
    var generator = SeededGenerator(seed: UInt64(seed))
    var scratch = ModelScratch()
    for length in 1...60 {
      let symbols = (0..<length).map { _ in UInt32(97 + Int.random(in: 0..<2, using: &generator)) }
      scratch.symbols.removeAll()
      for symbol in symbols { scratch.symbols.append(symbol) }
      SymbolMerging.mergeShort(merges.pairs, scratch: &scratch)
      let short = Array(scratch.symbols.elements)
      scratch.symbols.removeAll()
      for symbol in symbols { scratch.symbols.append(symbol) }
      SymbolMerging.mergeLong(merges.pairs, scratch: &scratch)
      #expect(short == Array(scratch.symbols.elements))
    }
  }

  @Test
  func `the merge queue gives keys in ascending order`() {
    var generator = SeededGenerator(seed: 7)
    var queue = MergeQueue()
    var keys: [UInt64] = []
    for _ in 0..<2000 {
      let key = UInt64.random(in: 0..<500, using: &generator)
      keys.append(key)
      queue.push(key)
    }
    var popped: [UInt64] = []
    while let key = queue.pop() { popped.append(key) }
    #expect(popped == keys.sorted())
  }

  @Test
  func `a trie finds the longest key and no other`() {
    var keys = ByteStrings()
    let words = ["a", "ab", "abc", "b", "bcd", "\u{4ECA}", "\u{4ECA}\u{5929}", "zzzz"]
    for word in words { keys.append(Array(word.utf8)) }
    let trie = ByteTrie(keys, values: words.indices.map { UInt32($0) })
    func longest(_ text: String) -> String? {
      Array(text.utf8).withUnsafeBufferPointer { bytes in
        guard let pointer = bytes.baseAddress else { return nil }
        let match = trie.longestMatch(pointer, from: 0, to: bytes.count)
        return match.value == 0 ? nil : words[Int(match.value - 1)]
      }
    }
    #expect(longest("abd") == "ab")
    #expect(longest("abcd") == "abc")
    #expect(longest("bc") == "b")
    #expect(longest("\u{4ECA}\u{5929}x") == "\u{4ECA}\u{5929}")
    #expect(longest("zzz") == nil)
    #expect(longest("") == nil)
  }
}
