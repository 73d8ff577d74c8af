/// The piece sequence of the highest total score, found by Viterbi search over byte positions.
struct UnigramModel: WordModel {
  /// How scores are summed.
  enum Arithmetic: Sendable {
    /// As the reference library: in double precision.
    case double
    /// As SentencePiece: sums are rounded to single precision where they are kept.
    case single
  }

  private static let unknownPenalty = 10.0

  private let vocabulary: Vocabulary
  private let trie: ByteTrie
  private let scores: [Double]
  private let unknown: UInt32?
  private let unknownScore: Double
  private let byteTokens: [UInt32]
  private let arithmetic: Arithmetic

  let usesCache = true

  /// - Parameters:
  ///   - matchable: the pieces that are looked for in text; the vocabulary may hold more.
  ///   - scores: by id.
  ///   - lowestScore: what unknown characters' score is counted from.
  ///   - byteTokens: by byte, the token that stands for it; empty without byte fallback.
  init(
    _ vocabulary: Vocabulary, matchable: [Bool], scores: [Double], lowestScore: Double, unknown: UInt32?,
    byteTokens: [UInt32], arithmetic: Arithmetic
  ) {
    var keys = ByteStrings()
    var values: [UInt32] = []
    keys.reserve(vocabulary.count)
    for id in 0..<vocabulary.idEnd where matchable[id] {
      vocabulary.withToken(id) { token in
        // Of equal pieces only the one that a look-up finds counts.
        guard !token.isEmpty, vocabulary.id(of: token) == UInt32(id) else { return }
        keys.append(token)
        values.append(UInt32(id))
      }
    }
    self.vocabulary = vocabulary
    trie = ByteTrie(keys, values: values)
    self.scores = scores
    self.unknown = unknown
    let score = lowestScore - Self.unknownPenalty
    unknownScore = arithmetic == .single ? Double(Float(score)) : score
    self.byteTokens = byteTokens
    self.arithmetic = arithmetic
  }

  func encode(_ word: UTF8Bytes, scratch: inout ModelScratch) throws(TokenizerError) {
    guard let bytes = word.baseAddress else { return }
    let end = word.count
    // Per end position: the best score, where its last piece begins (-1: none yet), and that piece.
    scratch.scores.fill(0, count: end + 1)
    scratch.previous.fill(-1, count: end + 1)
    scratch.symbols.fill(0, count: end + 1)
    let best = scratch.scores.base
    let starts = scratch.previous.base
    let pieces = scratch.symbols.base
    let rounds = arithmetic == .single
    var start = 0
    while start < end {
      let reached = best[start]
      let length = scalarLength(firstByte: bytes[start])
      var hasSingle = false
      var base = trie.rootBase
      var position = start
      while position < end {
        let unit = trie.child(base, bytes[position])
        if unit == 0 { break }
        position += 1
        base = ByteTrie.base(unit)
        let value = ByteTrie.value(unit)
        if value == 0 { continue }
        let sum = scores[unchecked: Int(value - 1)] + reached
        let candidate = rounds ? Double(Float(sum)) : sum
        if starts[position] < 0 || candidate > best[position] {
          best[position] = candidate
          starts[position] = Int32(truncatingIfNeeded: start)
          pieces[position] = value - 1
        }
        if position - start == length { hasSingle = true }
      }
      if !hasSingle {
        let sum = unknownScore + reached
        let candidate = rounds ? Double(Float(sum)) : sum
        let target = start + length
        if starts[target] < 0 || candidate > best[target] {
          guard let unknown else {
            throw .unencodable(
              "the text has a character that the model does not know, and the model has no unknown token")
          }
          best[target] = candidate
          starts[target] = Int32(truncatingIfNeeded: start)
          pieces[target] = unknown
        }
      }
      start += length
    }
    appendPath(word, scratch: &scratch)
  }

  private func appendPath(_ word: UTF8Bytes, scratch: inout ModelScratch) {
    // Turns the path around: per start position, where the piece ends.
    scratch.next.fill(0, count: word.count + 1)
    var end = word.count
    while end > 0 {
      let start = Int(scratch.previous[end])
      scratch.next[start] = Int32(end)
      end = start
    }
    var start = 0
    while start < word.count {
      end = Int(scratch.next[start])
      let piece = scratch.symbols[end]
      if piece != unknown {
        scratch.output.append(piece)
      } else {
        // Unknown pieces in a row are one.
        while end < word.count, scratch.symbols[Int(scratch.next[end])] == piece { end = Int(scratch.next[end]) }
        appendUnknown(word.slice(start, end), piece, to: &scratch.output)
      }
      start = end
    }
  }

  private func appendUnknown(_ text: UTF8Bytes, _ unknown: UInt32, to output: inout GrowableBuffer<UInt32>) {
    if arithmetic == .double, let id = vocabulary.id(of: text) {
      output.append(id)
    } else if !byteTokens.isEmpty,
      text.allSatisfy({ byteTokens[unchecked: Int($0)] != SymbolTable.unknown })
    {
      for byte in text { output.append(byteTokens[unchecked: Int(byte)]) }
    } else {
      output.append(unknown)
    }
  }
}
