/// BERT's WordPiece: the longest entry at the beginning, then the longest continuing entry, and so on; one failure makes
/// the whole word unknown.
struct WordPieceModel: WordModel {
  private let beginnings: ByteTrie
  private let continuations: ByteTrie
  private let unknown: UInt32
  private let longestWord: Int

  let usesCache = true

  init(_ vocabulary: Vocabulary, continuingPrefix: [UInt8], unknown: UInt32, longestWord: Int) {
    var first = ByteStrings()
    var firstIDs: [UInt32] = []
    var later = ByteStrings()
    var laterIDs: [UInt32] = []
    first.reserve(vocabulary.count)
    later.reserve(vocabulary.count)
    for id in 0..<vocabulary.idEnd {
      vocabulary.withToken(id) { token in
        guard vocabulary.id(of: token) == UInt32(id) else { return }
        first.append(token)
        firstIDs.append(UInt32(id))
        if token.hasPrefix(continuingPrefix) {
          later.append(token.slice(continuingPrefix.count, token.count))
          laterIDs.append(UInt32(id))
        }
      }
    }
    beginnings = ByteTrie(first, values: firstIDs)
    continuations = ByteTrie(later, values: laterIDs)
    self.unknown = unknown
    self.longestWord = longestWord
  }

  func encode(_ word: UTF8Bytes, scratch: inout ModelScratch) throws(TokenizerError) {
    guard let bytes = word.baseAddress else { return }
    if word.count > longestWord {
      var scalars = 0
      for byte in word where byte & 0xC0 != 0x80 { scalars += 1 }
      if scalars > longestWord {
        scratch.output.append(unknown)
        return
      }
    }
    var position = 0
    while position < word.count {
      let match =
        position == 0
        ? beginnings.longestMatch(bytes, from: position, to: word.count)
        : continuations.longestMatch(bytes, from: position, to: word.count)
      if match.value == 0 {
        scratch.output.removeAll()
        scratch.output.append(unknown)
        return
      }
      scratch.output.append(match.value - 1)
      position = match.end
    }
  }
}

/// One id per word, as it stands in the vocabulary.
struct WordLevelModel: WordModel {
  let vocabulary: Vocabulary
  let unknown: UInt32?

  let usesCache = false

  func encode(_ word: UTF8Bytes, scratch: inout ModelScratch) throws(TokenizerError) {
    guard let id = vocabulary.id(of: word) ?? unknown else {
      throw .unencodable("the text has a word that the model does not know, and the model has no unknown token")
    }
    scratch.output.append(id)
  }
}
