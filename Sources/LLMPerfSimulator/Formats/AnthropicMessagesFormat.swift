import LLMPerf
import LLMPerfWire

/// Anthropic's Messages: blocks of thinking, text or tool use, each opened and closed.
struct AnthropicMessagesFormat: AnswerFormat {
  private let vocabulary: WordList
  private let model: String
  private let start: EventTemplate
  private let thinking: [EventTemplate]
  private let text: [EventTemplate]
  private let tool: [EventTemplate]
  private let failure: EventTemplate

  init(model: String, _ settings: FormatSettings) {
    vocabulary = settings.vocabulary
    self.model = model
    let padding = settings.configuration.eventBytes
    start = AnthropicMessagesFormat.event(
      "message_start",
      """
      "message":{"id":"msg_sim_\(.digits)","type":"message","role":"assistant","model":"\(model.escaped)","content":[],\
      "stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":\(.inputTokens),"output_tokens":1}}
      """)
    // A block's index is 0, or 1 behind thinking: one template for each.
    func deltas(_ type: String, _ member: String) -> [EventTemplate] {
      (0...1).map { index in
        AnthropicMessagesFormat.event(
          "content_block_delta", "\"index\":\(index),\"delta\":{\"type\":\"\(type)\",\"\(member)\":\"\(.text)\"}"
        ).padded(to: padding)
      }
    }
    thinking = deltas("thinking_delta", "thinking")
    text = deltas("text_delta", "text")
    tool = deltas("input_json_delta", "partial_json")
    failure = "event: error\ndata: \(AnthropicMessagesFormat.error("api_error", failureMessage).description)\n\n"
  }

  private static func event(_ type: String, _ members: EventTemplate) -> EventTemplate {
    "event: \(type)\ndata: {\"type\":\"\(type)\",\(members)}\n\n"
  }

  static func error(_ type: String, _ message: String) -> JSON {
    ["type": "error", "error": ["type": .string(type), "message": .string(message)]]
  }

  static func refusal(_ refusal: Refusal, isStreaming: Bool) -> WholeResponse {
    let (status, type) =
      switch refusal.status {
      case 401: (401, "authentication_error")
      case 429: (429, "rate_limit_error")
      case 503: (529, "overloaded_error")
      case 500: (500, "api_error")
      default: (refusal.status, "invalid_request_error")
      }
    return .json(error(type, refusal.message).utf8(), status: status, headers: refusal.headers)
  }

  func writeOpening(_ answer: inout Answer, to writer: inout ResponseWriter) {
    start.write(&answer, vocabulary, to: &writer)
    writer.write("event: ping\ndata: {\"type\": \"ping\"}\n\n".utf8)
  }

  func write(_ piece: Piece, _ answer: inout Answer, to writer: inout ResponseWriter) {
    let index = piece.kind == .reasoning || answer.reasoningTokens == 0 ? 0 : 1
    if piece.isFirst {
      let block = block(piece.kind, answer, isWhole: false)
      write("content_block_start", "\"index\":\(index),\"content_block\":\(block.description)", &answer, to: &writer)
    }
    switch piece.kind {
    case .reasoning: thinking[index].write(&answer, piece, vocabulary, to: &writer)
    case .text: text[index].write(&answer, piece, vocabulary, to: &writer)
    case .tool: tool[index].write(&answer, piece, vocabulary, to: &writer)
    }
    guard piece.isLast else { return }
    if piece.kind == .reasoning {
      let delta = "\"delta\":{\"type\":\"signature_delta\",\"signature\":\"c2ltdWxhdGVk\"}"
      write("content_block_delta", "\"index\":\(index),\(delta)", &answer, to: &writer)
    }
    write("content_block_stop", "\"index\":\(index)", &answer, to: &writer)
  }

  func writeClosing(_ answer: inout Answer, to writer: inout ResponseWriter) {
    let reason = "\"delta\":{\"stop_reason\":\"\(stopReason(answer))\",\"stop_sequence\":null}"
    write("message_delta", "\(reason),\"usage\":{\"output_tokens\":\(answer.tokens)}", &answer, to: &writer)
    writer.write("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n".utf8)
  }

  func writeFailure(_ answer: inout Answer, to writer: inout ResponseWriter) {
    failure.write(&answer, vocabulary, to: &writer)
  }

  func failureBody(_ answer: Answer) -> [UInt8] {
    AnthropicMessagesFormat.error("api_error", failureMessage).utf8()
  }

  func body(_ answer: Answer) -> [UInt8] {
    let thinking = answer.reasoningTokens > 0 ? [block(.reasoning, answer, isWhole: true)] : []
    let message: JSON = [
      "id": .string("msg_sim_\(answer.digits)"), "type": "message", "role": "assistant", "model": .string(model),
      "content": .array(thinking + [block(answer.tool == nil ? .text : .tool, answer, isWhole: true)]),
      "stop_reason": .string(stopReason(answer)), "stop_sequence": .null,
      "usage": ["input_tokens": .int(answer.promptTokens), "output_tokens": .int(answer.tokens)],
    ]
    return message.utf8()
  }

  private func stopReason(_ answer: Answer) -> String {
    answer.isCutByLimit ? "max_tokens" : answer.tool == nil ? "end_turn" : "tool_use"
  }

  private func write(
    _ type: String, _ members: String, _ answer: inout Answer, to writer: inout ResponseWriter
  ) {
    writer.write("event: \(type)\ndata: {\"type\":\"\(type)\",\(members)}\n\n".utf8)
    answer.sequence += 1
  }

  private func block(_ kind: OutputKind, _ answer: Answer, isWhole: Bool) -> JSON {
    switch kind {
    case .reasoning:
      return [
        "type": "thinking", "thinking": .string(isWhole ? answer.reasoning(vocabulary) : ""),
        "signature": .string(isWhole ? "c2ltdWxhdGVk" : ""),
      ]
    case .text: return ["type": "text", "text": .string(isWhole ? answer.text(vocabulary) : "")]
    case .tool:
      let text = vocabulary.text(0..<answer.visibleTokens, key: answer.key(.tool))
      let input = JSON.object([.init(answer.tool?.argument ?? "", .string(text))])
      return [
        "type": "tool_use", "id": .string("toolu_sim_\(answer.digits)"), "name": .string(answer.tool?.name ?? ""),
        "input": isWhole ? input : [:],
      ]
    }
  }
}
