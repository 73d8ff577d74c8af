/// Byte-pair encoding as the reference library does it, with everything its options change.
struct BytePairModel: WordModel {
  /// What the options of a `tokenizer.json` model say.
  struct Options: Sendable {
    var unknown: UInt32?
    var fusesUnknown = false
    /// By byte: the token that stands for it; empty without byte fallback.
    var byteTokens: [UInt32] = []
    var continuingPrefix: [UInt8] = []
    var endOfWordSuffix: [UInt8] = []
    /// Whether a word that is an entry is that entry, even if the merges do not lead there.
    var ignoresMerges = false
  }

  private let vocabulary: Vocabulary
  private let symbols: SymbolTable
  private let pairs: PairTable
  private let options: Options
  private let backtracking: BacktrackingMerges?
  private let reachable: ReachableTokens?
  /// Entries that only a look-up of the whole word finds.
  private let exceptions: Vocabulary?
  let borders: MergeBorders?

  private var hasAffixes: Bool { !options.continuingPrefix.isEmpty || !options.endOfWordSuffix.isEmpty }

  let usesCache = true

  /// - Parameter alwaysMerges: keeps to the general way of merging; for tests.
  init(
    _ vocabulary: Vocabulary, _ model: BytePairMerges, symbols: SymbolTable, options: Options,
    alwaysMerges: Bool = false
  ) throws(TokenizerError) {
    self.vocabulary = vocabulary
    self.symbols = symbols
    self.options = options
    pairs = model.pairs
    let hasAffixes = !options.continuingPrefix.isEmpty || !options.endOfWordSuffix.isEmpty
    guard !hasAffixes, !alwaysMerges else {
      backtracking = nil
      reachable = nil
      borders = nil
      exceptions = options.ignoresMerges ? vocabulary : nil
      return
    }
    let reachable = ReachableTokens(model, vocabulary: vocabulary, symbols: symbols)
    backtracking =
      symbols.unit == .byte
      ? BacktrackingMerges(model, vocabulary: vocabulary, bytes: symbols.bytes, reachable: reachable) : nil
    self.reachable = backtracking == nil ? reachable : nil
    var exceptions = Vocabulary()
    if options.ignoresMerges {
      for id in 0..<vocabulary.idEnd where !reachable.contains(UInt32(id)) {
        guard let token = vocabulary.token(id), !token.isEmpty else { continue }
        let isSymbol =
          symbols.unit == .byte
          ? token.count == 1 : token.count == scalarLength(firstByte: token[0])
        if !isSymbol { try exceptions.insert(token, id: id) }
      }
    }
    self.exceptions = exceptions.count > 0 ? exceptions : nil
    borders =
      symbols.unit == .scalar && exceptions.count == 0
      ? MergeBorders(model, vocabulary: vocabulary, symbols: symbols, byteTokens: options.byteTokens) : nil
  }

  /// Which way words are encoded, for a summary.
  var method: String { backtracking != nil ? "backtracking" : "merging" }

  func encode(_ word: UTF8Bytes, scratch: inout ModelScratch) throws(TokenizerError) {
    if let exceptions, let id = exceptions.id(of: word) {
      scratch.output.append(id)
      return
    }
    if let backtracking, backtracking.isExact(for: word) {
      backtracking.encode(word, scratch: &scratch)
      return
    }
    if let reachable, let id = vocabulary.id(of: word), reachable.contains(id) {
      scratch.output.append(id)
      return
    }
    scratch.symbols.removeAll()
    if hasAffixes {
      appendAffixedSymbols(of: word, scratch: &scratch)
    } else if symbols.unit == .byte {
      appendByteSymbols(of: word, scratch: &scratch)
    } else {
      appendScalarSymbols(of: word, scratch: &scratch)
    }
    SymbolMerging.merge(pairs, scratch: &scratch)
    scratch.output.append(contentsOf: scratch.symbols.elements)
  }

  // An unknown symbol that waits: it is written when the next known one comes, or at the end.
  private struct Pending {
    var isWaiting = false
    @inline(__always)
    mutating func flush(_ unknown: UInt32?, to symbols: inout GrowableBuffer<UInt32>) {
      guard isWaiting else { return }
      isWaiting = false
      if let unknown { symbols.append(unknown) }
    }
  }

  private func appendScalarSymbols(of word: UTF8Bytes, scratch: inout ModelScratch) {
    guard let bytes = word.baseAddress else { return }
    var pending = Pending()
    var position = 0
    while position < word.count {
      let (scalar, length) = bytes.scalar(at: position)
      let symbol = scalar < 128 ? symbols.bytes[unchecked: Int(scalar)] : symbols.symbol(ofScalar: scalar)
      if symbol != SymbolTable.unknown {
        pending.flush(options.unknown, to: &scratch.symbols)
        scratch.symbols.append(symbol)
      } else {
        appendUnknown(word.slice(position, position + length), &pending, &scratch.symbols)
      }
      position += length
    }
    pending.flush(options.unknown, to: &scratch.symbols)
  }

  private func appendByteSymbols(of word: UTF8Bytes, scratch: inout ModelScratch) {
    var pending = Pending()
    for byte in word {
      let symbol = symbols.bytes[unchecked: Int(byte)]
      if symbol != SymbolTable.unknown {
        pending.flush(options.unknown, to: &scratch.symbols)
        scratch.symbols.append(symbol)
      } else {
        noteUnknown(&pending, &scratch.symbols)
      }
    }
    pending.flush(options.unknown, to: &scratch.symbols)
  }

  private func appendAffixedSymbols(of word: UTF8Bytes, scratch: inout ModelScratch) {
    var pending = Pending()
    var position = 0
    while position < word.count {
      let end = position + scalarLength(firstByte: word[position])
      scratch.bytes.removeAll()
      if position > 0 { scratch.bytes.append(bytes: options.continuingPrefix) }
      scratch.bytes.append(contentsOf: word.slice(position, end))
      if end == word.count { scratch.bytes.append(bytes: options.endOfWordSuffix) }
      if let symbol = vocabulary.id(of: scratch.bytes.elements) {
        pending.flush(options.unknown, to: &scratch.symbols)
        scratch.symbols.append(symbol)
      } else {
        appendUnknown(scratch.bytes.elements, &pending, &scratch.symbols)
      }
      position = end
    }
    pending.flush(options.unknown, to: &scratch.symbols)
  }

  private func appendUnknown(
    _ symbol: UTF8Bytes, _ pending: inout Pending, _ symbols: inout GrowableBuffer<UInt32>
  ) {
    if !options.byteTokens.isEmpty,
      symbol.allSatisfy({ options.byteTokens[unchecked: Int($0)] != SymbolTable.unknown })
    {
      // The waiting unknown symbol goes on waiting: so does the reference.
      for byte in symbol { symbols.append(options.byteTokens[unchecked: Int(byte)]) }
      return
    }
    noteUnknown(&pending, &symbols)
  }

  private func noteUnknown(_ pending: inout Pending, _ symbols: inout GrowableBuffer<UInt32>) {
    guard options.unknown != nil else { return }
    if pending.isWaiting, !options.fusesUnknown { pending.flush(options.unknown, to: &symbols) }
    pending.isWaiting = true
  }
}
