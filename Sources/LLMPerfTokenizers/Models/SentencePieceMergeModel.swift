/// SentencePiece's own byte-pair encoding: two neighbours merge if what they spell is a piece, the highest score first
/// and the leftmost among equal scores.
struct SentencePieceMergeModel: WordModel {
  // A symbol is a piece's id, or one of these with a scalar or an id.
  private static let notAPiece: UInt32 = 0x8000_0000
  private static let frozen: UInt32 = 0x4000_0000

  private let symbols: SymbolTable
  private let pairs: PairTable
  /// Pieces that are matched first and kept whole.
  private let userDefined: ByteTrie?
  private let unknown: UInt32
  private let byteTokens: [UInt32]
  let borders: MergeBorders?

  let usesCache = true

  init(_ file: SentencePieceFile) throws(TokenizerError) {
    var vocabulary = Vocabulary(capacity: file.pieces.count)
    var userKeys = ByteStrings()
    var userIDs: [UInt32] = []
    for (id, piece) in file.pieces.enumerated() {
      switch piece.kind {
      case .normal: try vocabulary.insert(piece.text, id: id)
      case .userDefined:
        userKeys.append(piece.text)
        userIDs.append(UInt32(id))
      case .unused:
        throw .unsupported(
          "the SentencePiece model has unused pieces, which byte-pair encoding would have to take apart")
      case .unknown, .control, .byte: break
      }
    }
    symbols = SymbolTable(scalarsOf: vocabulary)
    let symbols = symbols
    userDefined = userIDs.isEmpty ? nil : ByteTrie(userKeys, values: userIDs)
    unknown = file.unknown
    byteTokens = file.byteTokens
    let scores = Set(vocabulary.ids.map { file.pieces[Int($0)].score }).sorted(by: >)
    let ranks = Dictionary(uniqueKeysWithValues: scores.enumerated().map { ($1, UInt32($0)) })
    var pairs = PairTable(capacity: vocabulary.count * 2)
    for id in vocabulary.ids {
      let rank = ranks[file.pieces[Int(id)].score] ?? 0
      vocabulary.withToken(Int(id)) { text in
        Self.forEachCut(of: text) { left, right in
          if let left = Self.symbol(left, vocabulary), let right = Self.symbol(right, vocabulary) {
            pairs.set(left, right, rank: rank, result: id)
          }
        }
      }
    }
    self.pairs = pairs
    borders =
      userDefined == nil
      ? MergeBorders(symbols: symbols, cutsAtUnknown: !file.byteTokens.isEmpty) { body in
        for id in vocabulary.ids { vocabulary.withToken(Int(id), body) }
      } : nil
  }

  private static func forEachCut(of text: UTF8Bytes, _ body: (UTF8Bytes, UTF8Bytes) -> Void) {
    for cut in 1..<max(text.count, 1) where text[cut] & 0xC0 != 0x80 {
      body(text.slice(0, cut), text.slice(cut, text.count))
    }
  }

  /// The symbol that spells `text`: a piece, or a single scalar.
  private static func symbol(_ text: UTF8Bytes, _ vocabulary: Vocabulary) -> UInt32? {
    if let id = vocabulary.id(of: text) { return id }
    guard let pointer = text.baseAddress, scalarLength(firstByte: text[0]) == text.count else { return nil }
    return notAPiece | pointer.scalar(at: 0).value
  }

  func encode(_ word: UTF8Bytes, scratch: inout ModelScratch) throws(TokenizerError) {
    guard let bytes = word.baseAddress else { return }
    scratch.symbols.removeAll()
    var position = 0
    while position < word.count {
      if let userDefined {
        let match = userDefined.longestMatch(bytes, from: position, to: word.count)
        if match.value != 0 {
          scratch.symbols.append(Self.frozen | (match.value - 1))
          position = match.end
          continue
        }
      }
      let (scalar, length) = bytes.scalar(at: position)
      let symbol = symbols.symbol(ofScalar: scalar)
      scratch.symbols.append(symbol == SymbolTable.unknown ? Self.notAPiece | scalar : symbol)
      position += length
    }
    SymbolMerging.merge(pairs, scratch: &scratch)
    var lastWasUnknown = false
    for index in 0..<scratch.symbols.count {
      let symbol = scratch.symbols[index]
      guard symbol & Self.notAPiece != 0 else {
        scratch.output.append(symbol & ~Self.frozen)
        lastWasUnknown = false
        continue
      }
      if byteTokens.isEmpty {
        if !lastWasUnknown { scratch.output.append(unknown) }
        lastWasUnknown = true
      } else {
        scratch.bytes.removeAll()
        scratch.bytes.append(scalar: symbol & ~Self.notAPiece)
        for byte in scratch.bytes.elements { scratch.output.append(byteTokens[unchecked: Int(byte)]) }
      }
    }
  }
}
