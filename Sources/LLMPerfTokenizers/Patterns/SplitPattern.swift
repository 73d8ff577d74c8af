/// A stretch of a text, in bytes.
struct SplitPiece: BitwiseCopyable {
  var start: UInt32
  var end: UInt32

  @inline(__always)
  init(_ start: Int, _ end: Int) {
    self.start = UInt32(truncatingIfNeeded: start)
    self.end = UInt32(truncatingIfNeeded: end)
  }

  @inline(__always)
  var count: Int { Int(end - start) }
}

/// What pattern matching writes on, kept from text to text.
struct PatternScratch: ~Copyable {
  var matches = GrowableBuffer<SplitPiece>()
  var regex = RegexScratch()
}

/// Finds where a pattern matches at one place: the hand-written counterpart of a regular expression.
protocol PatternScanner: Sendable {
  /// The end of the match that begins at `position`, or -1. The text is what is between `start` and `end`.
  func matchEnd(_ bytes: UnsafePointer<UInt8>, at position: Int, start: Int, end: Int) -> Int
}

/// What a Split pre-tokenizer or a Replace normalizer looks for.
///
/// The regular expressions of well-known tokenizers have scanners of their own; every other one is run by the general
/// matcher.
enum SplitPattern: Sendable {
  case literal([UInt8])
  case contractionWords(ContractionWordScanner)
  case casedWords(CasedWordScanner)
  case gpt2(GPT2Scanner)
  case deepSeek(DeepSeekScanner)
  case run(RunScanner)
  case wordRuns(WordRunScanner)
  case regex(RegexProgram)

  init(regex pattern: String, tables: UnicodeTables) throws(TokenizerError) {
    if let scanner = ContractionWordScanner(pattern, tables: tables) {
      self = .contractionWords(scanner)
    } else if let scanner = CasedWordScanner(pattern, tables: tables) {
      self = .casedWords(scanner)
    } else if pattern == GPT2Scanner.pattern {
      self = .gpt2(GPT2Scanner(tables: tables))
    } else if pattern == DeepSeekScanner.pattern {
      self = .deepSeek(DeepSeekScanner(tables: tables))
    } else {
      var parser = RegexParser(pattern)
      if let scanner = RunScanner(try parser.parse()) {
        self = .run(scanner)
      } else {
        self = .regex(try RegexProgram(pattern))
      }
    }
  }

  /// What the pattern is called in a summary.
  var name: String {
    switch self {
    case .literal: "literal"
    case .contractionWords: "cl100k"
    case .casedWords: "o200k"
    case .gpt2: "GPT-2"
    case .deepSeek: "DeepSeek"
    case .run, .wordRuns: "run"
    case .regex: "regex"
    }
  }

  /// Appends all matches in `text`, in order, to `scratch.matches`.
  func appendMatches(
    in text: UTF8Bytes, tables: UnicodeTables, scratch: inout PatternScratch
  ) throws(TokenizerError) {
    switch self {
    case .literal(let literal): Self.appendLiteral(literal, in: text, to: &scratch.matches)
    case .contractionWords(let scanner): Self.append(scanner, in: text, to: &scratch.matches)
    case .casedWords(let scanner): Self.append(scanner, in: text, to: &scratch.matches)
    case .gpt2(let scanner): Self.append(scanner, in: text, to: &scratch.matches)
    case .deepSeek(let scanner): Self.append(scanner, in: text, to: &scratch.matches)
    case .run(let scanner): Self.append(scanner, in: text, to: &scratch.matches)
    case .wordRuns(let scanner): Self.append(scanner, in: text, to: &scratch.matches)
    case .regex(let program):
      try Self.append(program, in: text, tables: tables, scratch: &scratch)
    }
  }

  private static func append(
    _ scanner: some PatternScanner, in text: UTF8Bytes, to matches: inout GrowableBuffer<SplitPiece>
  ) {
    guard let bytes = text.baseAddress else { return }
    var position = 0
    while position < text.count {
      let end = scanner.matchEnd(bytes, at: position, start: 0, end: text.count)
      if end > position {
        matches.append(SplitPiece(position, end))
        position = end
      } else {
        position += scalarLength(firstByte: bytes[position])
      }
    }
  }

  private static func appendLiteral(
    _ literal: [UInt8], in text: UTF8Bytes, to matches: inout GrowableBuffer<SplitPiece>
  ) {
    guard let first = literal.first else { return }
    var position = 0
    while position + literal.count <= text.count {
      if text[position] == first, text.slice(position, text.count).hasPrefix(literal) {
        matches.append(SplitPiece(position, position + literal.count))
        position += literal.count
      } else {
        position += 1
      }
    }
  }

  private static func append(
    _ program: RegexProgram, in text: UTF8Bytes, tables: UnicodeTables, scratch: inout PatternScratch
  ) throws(TokenizerError) {
    guard let matcher = RegexMatcher(program, text: text, tables: tables) else { return }
    scratch.regex.steps = 0
    var position = 0
    var lastEnd = -1
    while position <= text.count {
      guard let match = try matcher.firstMatch(from: position, scratch: &scratch.regex) else { return }
      if match.isEmpty, match.upperBound == lastEnd {
        // An empty match right after a match does not count.
        position += position < text.count ? scalarLength(firstByte: text[position]) : 1
        continue
      }
      scratch.matches.append(SplitPiece(match.lowerBound, match.upperBound))
      position = match.upperBound
      lastEnd = match.upperBound
    }
  }
}
