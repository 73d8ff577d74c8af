import LLMPerf
import LLMPerfWire

/// A server-sent event, rendered once but for the few values that differ from event to event. Writing one is a handful of
/// copies: the simulator's cost per event is the system call that sends it.
///
/// Written as a text with holes: `"data: {\"id\":\"\(.digits)\",\"text\":\"\(.text)\"}\n\n"`.
struct EventTemplate: ExpressibleByStringInterpolation {
  /// What a hole is filled with.
  enum Field {
    /// The request's number, in twelve digits.
    case digits
    /// The piece's words; of a tool call, as the inside of a JSON string of its arguments.
    case text
    /// Words from the kind's first to the piece's last.
    case textSoFar
    /// The events before this one.
    case sequence
    case inputTokens
    /// Tokens written, this event's included.
    case outputTokens
    case totalTokens
    case reasoningTokens
  }

  private var literals: [UInt8] = []
  private var holes: [(end: Int, field: Field)] = []

  init(stringLiteral text: String) {
    literals = Array(text.utf8)
  }

  init(stringInterpolation: StringInterpolation) {
    literals = stringInterpolation.literals
    holes = stringInterpolation.holes
  }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var literals: [UInt8] = []
    fileprivate var holes: [(end: Int, field: Field)] = []

    init(literalCapacity: Int, interpolationCount: Int) {
      literals.reserveCapacity(literalCapacity)
    }

    mutating func appendLiteral(_ text: String) {
      literals.append(contentsOf: text.utf8)
    }

    mutating func appendInterpolation(_ field: Field) {
      holes.append((literals.count, field))
    }

    /// A text as it is, such as JSON that was rendered before.
    mutating func appendInterpolation(_ text: String) {
      literals.append(contentsOf: text.utf8)
    }

    mutating func appendInterpolation(_ number: Int) {
      ResponseWriter.append(number, to: &literals)
    }

    mutating func appendInterpolation(_ template: EventTemplate) {
      holes += template.holes.map { (literals.count + $0.end, $0.field) }
      literals += template.literals
    }
  }

  /// The template with a member that means nothing before its last brace, so that an event has about `bytes` bytes. Real
  /// services send such members too. Events that are not JSON stay as they are.
  func padded(to bytes: Int) -> EventTemplate {
    // Twelve digits or a word of about seven bytes fill a hole.
    let missing = bytes - literals.count - 8 * holes.count - 18
    guard missing > 0, let brace = literals.lastIndex(of: UInt8(ascii: "}")) else { return self }
    var template = self
    template.literals.insert(
      contentsOf: ",\"obfuscation\":\"\(String(repeating: "x", count: missing))\"".utf8, at: brace)
    let shift = template.literals.count - literals.count
    template.holes = holes.map { ($0.end > brace ? $0.end + shift : $0.end, $0.field) }
    return template
  }

  /// Writes the event, with the words of `piece`, as one chunk.
  func write(
    _ answer: inout Answer, _ piece: Piece?, _ vocabulary: WordList, to writer: inout ResponseWriter
  ) {
    let start = writer.openChunk()
    append(answer, piece, vocabulary, to: &writer.bytes)
    writer.closeChunk(start)
    answer.sequence += 1
  }

  /// Writes an event without words.
  func write(_ answer: inout Answer, _ vocabulary: WordList, to writer: inout ResponseWriter) {
    write(&answer, nil, vocabulary, to: &writer)
  }

  /// The text with its holes filled, for bodies that are no events.
  func bytes(_ answer: Answer, _ vocabulary: WordList) -> [UInt8] {
    var output: [UInt8] = []
    append(answer, nil, vocabulary, to: &output)
    return output
  }

  private func append(_ answer: Answer, _ piece: Piece?, _ vocabulary: WordList, to output: inout [UInt8]) {
    let upcoming = answer.written + (piece?.range.count ?? 0)
    literals.withUnsafeBufferPointer { literals in
      var position = 0
      for hole in holes {
        output.append(contentsOf: UnsafeBufferPointer(rebasing: literals[position..<hole.end]))
        position = hole.end
        switch hole.field {
        case .digits: output.append(contentsOf: answer.digitBytes)
        case .text:
          if let piece { EventTemplate.appendText(piece, answer, vocabulary, to: &output) }
        case .textSoFar:
          if let piece {
            vocabulary.append(0..<piece.range.upperBound, key: answer.key(piece.kind), to: &output)
          }
        case .sequence: ResponseWriter.append(answer.sequence, to: &output)
        case .inputTokens: ResponseWriter.append(answer.promptTokens, to: &output)
        case .outputTokens: ResponseWriter.append(upcoming, to: &output)
        case .totalTokens: ResponseWriter.append(answer.promptTokens + upcoming, to: &output)
        case .reasoningTokens: ResponseWriter.append(min(upcoming, answer.reasoningTokens), to: &output)
        }
      }
      output.append(contentsOf: UnsafeBufferPointer(rebasing: literals[position...]))
    }
  }

  /// Arguments are an object with one member, whose text is what the model says.
  private static func appendText(
    _ piece: Piece, _ answer: Answer, _ vocabulary: WordList, to output: inout [UInt8]
  ) {
    guard piece.kind == .tool, let tool = answer.tool else {
      return vocabulary.append(piece.range, key: answer.key(piece.kind), to: &output)
    }
    if piece.isFirst { output.append(contentsOf: "{\\\"\(tool.argument.escapedTwice)\\\":\\\"".utf8) }
    vocabulary.append(piece.range, key: answer.key(.tool), to: &output)
    if piece.isLast { output.append(contentsOf: "\\\"}".utf8) }
  }
}

extension String {
  /// As the inside of a JSON string.
  var escaped: String { String(JSON.string(self).description.dropFirst().dropLast()) }

  /// As the inside of a JSON string inside a JSON string.
  var escapedTwice: String { escaped.escaped }
}
