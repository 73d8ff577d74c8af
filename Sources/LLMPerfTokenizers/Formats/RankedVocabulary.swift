/// A vocabulary in which the id is the rank: any two neighbours whose concatenation is an entry may merge, the lowest
/// rank first. This is tiktoken's form.
struct RankedVocabulary {
  private(set) var vocabulary: Vocabulary

  init(capacity: Int) { vocabulary = Vocabulary(capacity: capacity) }

  mutating func insert(_ token: [UInt8], rank: Int) throws(TokenizerError) {
    try vocabulary.insert(token, id: rank)
  }

  /// The byte-pair model that gives the same ids.
  ///
  /// Only one way of cutting an entry in two can come up while encoding: the one that encoding the entry itself arrives
  /// at with the entries of lower rank. An entry that is not arrived at is only found as a whole word.
  func model() throws(TokenizerError) -> BytePairModel {
    let symbols = SymbolTable(bytesOf: vocabulary)
    guard !symbols.bytes.contains(SymbolTable.unknown) else {
      throw .malformed("the vocabulary does not have all 256 bytes")
    }
    var merges = BytePairMerges(capacity: vocabulary.count)
    var scratch = ModelScratch()
    for id in vocabulary.ids {
      scratch.symbols.removeAll()
      let isKnown = vocabulary.withToken(Int(id)) { token in
        token.count > 1 && symbols.appendKnown(token, to: &scratch.symbols)
      }
      guard isKnown == true else { continue }
      SymbolMerging.merge(merges.pairs, scratch: &scratch)
      if scratch.symbols.count == 2 {
        merges.append(.init(left: scratch.symbols[0], right: scratch.symbols[1], result: id))
      }
    }
    var options = BytePairModel.Options()
    options.ignoresMerges = true
    return try BytePairModel(vocabulary, merges, symbols: symbols, options: options)
  }
}
