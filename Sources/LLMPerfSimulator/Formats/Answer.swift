import LLMPerf

/// One answer: what it will be, decided when the request was read, and how far it has come.
struct Answer {
  /// The request's number, which is also its row of the truth.
  let number: Int
  let request: GenerationRequest
  /// Tokens of the whole answer.
  let tokens: Int
  /// How many of them, at the start, are reasoning.
  let reasoningTokens: Int
  /// Whether `max_tokens` ended it.
  let isCutByLimit: Bool
  let includesUsage: Bool
  /// Chooses the words.
  let wordKey: Int

  /// `digits`, in UTF-8: every event has them.
  let digitBytes: [UInt8]

  /// Tokens that were written.
  var written = 0
  /// Events that were written, for the protocols that number them.
  var sequence = 0

  var promptTokens: Int { request.promptTokens }
  var tool: GenerationRequest.Tool? { request.tool }
  /// The tokens that are no reasoning.
  var visibleTokens: Int { tokens - reasoningTokens }

  /// The twelve digits that join an answer with its row of the truth.
  var digits: String { String(decoding: digitBytes, as: UTF8.self) }

  init(
    number: Int, request: GenerationRequest, tokens: Int, reasoningTokens: Int, isCutByLimit: Bool, includesUsage: Bool,
    wordKey: Int
  ) {
    self.number = number
    self.request = request
    self.tokens = tokens
    self.reasoningTokens = reasoningTokens
    self.isCutByLimit = isCutByLimit
    self.includesUsage = includesUsage
    self.wordKey = wordKey
    let digits = String(number).utf8
    digitBytes = Array(repeatElement(UInt8(ascii: "0"), count: max(0, 12 - digits.count))) + digits
  }
}

/// The kinds of output.
enum OutputKind: Hashable { case reasoning, text, tool }

/// A run of tokens of one kind. Positions count from the kind's first token.
struct Piece {
  var kind: OutputKind
  var range: Range<Int>
  /// Whether these are the kind's first and last tokens.
  var isFirst: Bool
  var isLast: Bool
}

extension Answer {
  /// Chooses the words of one kind of output.
  func key(_ kind: OutputKind) -> Int { kind == .reasoning ? wordKey + 101 : wordKey }

  /// The text of the reasoning.
  func reasoning(_ vocabulary: WordList) -> String {
    vocabulary.text(0..<reasoningTokens, key: key(.reasoning))
  }

  /// The visible text; with a tool call there is none.
  func text(_ vocabulary: WordList) -> String {
    tool == nil ? vocabulary.text(0..<visibleTokens, key: key(.text)) : ""
  }

  /// The arguments of the tool call, as JSON text.
  func arguments(_ vocabulary: WordList) -> String {
    guard let tool else { return "" }
    return JSON.object([.init(tool.argument, .string(vocabulary.text(0..<visibleTokens, key: key(.tool))))]).description
  }

  /// What follows the tokens that were written: at most `count` tokens, of one kind.
  func piece(_ count: Int) -> Piece {
    if written < reasoningTokens {
      let end = min(written + count, reasoningTokens)
      return Piece(kind: .reasoning, range: written..<end, isFirst: written == 0, isLast: end == reasoningTokens)
    }
    let end = min(written + count, tokens)
    return Piece(
      kind: tool == nil ? .text : .tool, range: written - reasoningTokens..<end - reasoningTokens,
      isFirst: written == reasoningTokens, isLast: end == tokens)
  }
}
