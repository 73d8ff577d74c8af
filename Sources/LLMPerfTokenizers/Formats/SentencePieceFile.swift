import LLMPerfBytes

/// What a SentencePiece `tokenizer.model` says.
struct SentencePieceFile {
  enum Kind: UInt64 { case normal = 1, unknown, control, userDefined, unused, byte }
  enum Algorithm: UInt64 { case unigram = 1, bytePair, word, character }

  struct Piece {
    var text: [UInt8] = []
    var score: Float = 0
    var kind = Kind.normal
  }

  private(set) var pieces: [Piece] = []
  private(set) var algorithm = Algorithm.unigram
  private(set) var hasByteFallback = false
  private(set) var treatsSpaceAsSuffix = false
  private(set) var characterMap: [UInt8] = []
  private(set) var addsDummyPrefix = true
  private(set) var removesExtraSpaces = true
  private(set) var escapesSpaces = true
  private(set) var unknown: UInt32 = 0
  /// By byte: the piece that stands for it; empty without byte fallback.
  private(set) var byteTokens: [UInt32] = []

  init(_ bytes: UTF8Bytes) throws(TokenizerError) {
    var reader = ProtobufReader(bytes)
    while let (field, value) = try reader.nextField() {
      guard case .bytes(let message) = value else { continue }
      switch field {
      case 1: pieces.append(try Self.piece(message))
      case 2: try readTrainer(message)
      case 3: try readNormalizer(message)
      default: break
      }
    }
    guard !pieces.isEmpty else { throw .malformed("is not a SentencePiece model: it has no pieces") }
    guard let unknown = pieces.firstIndex(where: { $0.kind == .unknown }) else {
      throw .malformed("the SentencePiece model has no unknown piece")
    }
    self.unknown = UInt32(unknown)
    if hasByteFallback { try findByteTokens() }
    if treatsSpaceAsSuffix {
      throw .unsupported("the SentencePiece option treat_whitespace_as_suffix is not supported")
    }
  }

  private static func piece(_ message: UTF8Bytes) throws(TokenizerError) -> Piece {
    var piece = Piece()
    var reader = ProtobufReader(message)
    while let (field, value) = try reader.nextField() {
      switch (field, value) {
      case (1, .bytes(let text)):
        guard UTF8Text.isWellFormed(text) else {
          throw .malformed("a SentencePiece piece is not UTF-8")
        }
        piece.text = Array(text)
      case (2, .fixed32(let bits)): piece.score = Float(bitPattern: bits)
      case (3, .varint(let kind)):
        guard let kind = Kind(rawValue: kind) else {
          throw .unsupported("the SentencePiece piece type \(kind) is not known")
        }
        piece.kind = kind
      default: break
      }
    }
    return piece
  }

  private mutating func readTrainer(_ message: UTF8Bytes) throws(TokenizerError) {
    var reader = ProtobufReader(message)
    while let (field, value) = try reader.nextField() {
      guard case .varint(let number) = value else { continue }
      switch field {
      case 3:
        guard let algorithm = Algorithm(rawValue: number), algorithm == .unigram || algorithm == .bytePair else {
          throw .unsupported("the SentencePiece model type \(number) is neither unigram nor bpe")
        }
        self.algorithm = algorithm
      case 24: treatsSpaceAsSuffix = number != 0
      case 35: hasByteFallback = number != 0
      default: break
      }
    }
  }

  private mutating func readNormalizer(_ message: UTF8Bytes) throws(TokenizerError) {
    var reader = ProtobufReader(message)
    while let (field, value) = try reader.nextField() {
      switch (field, value) {
      case (2, .bytes(let map)): characterMap = Array(map)
      case (3, .varint(let flag)): addsDummyPrefix = flag != 0
      case (4, .varint(let flag)): removesExtraSpaces = flag != 0
      case (5, .varint(let flag)): escapesSpaces = flag != 0
      default: break
      }
    }
  }

  private mutating func findByteTokens() throws(TokenizerError) {
    var ids: [[UInt8]: UInt32] = [:]
    for (id, piece) in pieces.enumerated() where piece.kind == .byte { ids[piece.text] = UInt32(id) }
    byteTokens = ByteFallback.names.compactMap { ids[$0] }
    guard byteTokens.count == 256 else { throw .malformed("the SentencePiece model lacks pieces for some bytes") }
  }
}

extension ProtobufReader {
  fileprivate mutating func nextField() throws(TokenizerError) -> (number: Int, value: Value)? {
    do throws(Malformed) {
      return try next()
    } catch {
      throw .malformed("is not a SentencePiece model: the protocol buffer is broken")
    }
  }
}

/// The names of the tokens that stand for single bytes.
enum ByteFallback {
  /// `<0x00>` to `<0xFF>`.
  static let names: [[UInt8]] = (0..<256).map { byte in
    let digits = Array("0123456789ABCDEF".utf8)
    return Array("<0x".utf8) + [digits[byte >> 4], digits[byte & 15]] + Array(">".utf8)
  }

  /// By byte: the token that stands for it, or `SymbolTable.unknown`.
  static func tokens(in vocabulary: Vocabulary) -> [UInt32] {
    names.map { vocabulary.id(of: $0) ?? SymbolTable.unknown }
  }
}
