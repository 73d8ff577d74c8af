import LLMPerf
import LLMPerfWire

/// Zhipu's fourth version: OpenAI's chat with a role in each event, no finish reason before the end, and the usage beside
/// it without being asked.
struct ZhipuChatFormat: AnswerFormat {
  private let vocabulary: WordList
  private let model: String
  private let created: Int
  private let text: EventTemplate
  private let reasoning: EventTemplate
  private let toolStart: (GenerationRequest.Tool) -> EventTemplate
  private let toolArguments: EventTemplate
  private let finish: (Answer) -> EventTemplate
  private let failure: EventTemplate

  static let streamContentType = "text/event-stream;charset=UTF-8"

  init(model: String, _ settings: FormatSettings) {
    vocabulary = settings.vocabulary
    self.model = model
    created = settings.created
    let padding = settings.configuration.eventBytes
    let head: EventTemplate =
      "data: {\"id\":\"sim-\(.digits)\",\"created\":\(created),\"model\":\"\(model.escaped)\",\"choices\":[{\"index\":0,"
    func event(_ delta: EventTemplate) -> EventTemplate {
      "\(head)\"delta\":{\"role\":\"assistant\",\(delta)}}]}\n\n"
    }
    let emptyReasoning = settings.configuration.reasoningShare > 0 ? ",\"reasoning_content\":\"\"" : ""
    text = event("\"content\":\"\(.text)\"\(emptyReasoning)").padded(to: padding)
    reasoning = event("\"reasoning_content\":\"\(.text)\"").padded(to: padding)
    toolStart = { tool in
      event(
        """
        "tool_calls":[{"index":0,"id":"call_sim_\(.digits)","type":"function",\
        "function":{"name":"\(tool.name.escaped)","arguments":""}}]
        """)
    }
    toolArguments = event("\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\(.text)\"}}]")
      .padded(to: padding)
    finish = { answer in
      let usage: EventTemplate = answer.includesUsage ? ",\"usage\":\(OpenAIChatFormat.usage)" : ""
      return """
        \(head)"finish_reason":"\(answer.openAIFinishReason)","delta":{"role":"assistant","content":""}}]\(usage)}


        """
    }
    failure = "data: \(ZhipuChatFormat.error("500", failureMessage).description)\n\n"
  }

  private static func error(_ code: String, _ message: String) -> JSON {
    ["error": ["code": .string(code), "message": .string(message)]]
  }

  static func refusal(_ refusal: Refusal, isStreaming: Bool) -> WholeResponse {
    .json(
      error(String(ZhipuInvokeFormat.code(refusal.status)), refusal.message).utf8(), status: refusal.status,
      headers: refusal.headers)
  }

  func writeOpening(_ answer: inout Answer, to writer: inout ResponseWriter) {}

  func write(_ piece: Piece, _ answer: inout Answer, to writer: inout ResponseWriter) {
    switch piece.kind {
    case .reasoning: reasoning.write(&answer, piece, vocabulary, to: &writer)
    case .text: text.write(&answer, piece, vocabulary, to: &writer)
    case .tool:
      if piece.isFirst, let tool = answer.tool { toolStart(tool).write(&answer, vocabulary, to: &writer) }
      toolArguments.write(&answer, piece, vocabulary, to: &writer)
    }
  }

  func writeClosing(_ answer: inout Answer, to writer: inout ResponseWriter) {
    finish(answer).write(&answer, vocabulary, to: &writer)
    OpenAIChatFormat.end.write(&answer, vocabulary, to: &writer)
  }

  func writeFailure(_ answer: inout Answer, to writer: inout ResponseWriter) {
    failure.write(&answer, vocabulary, to: &writer)
  }

  func failureBody(_ answer: Answer) -> [UInt8] { ZhipuChatFormat.error("500", failureMessage).utf8() }

  func body(_ answer: Answer) -> [UInt8] {
    var message: [JSON.Member] = [.init("role", "assistant"), .init("content", .string(answer.text(vocabulary)))]
    if answer.reasoningTokens > 0 {
      message.append(.init("reasoning_content", .string(answer.reasoning(vocabulary))))
    }
    if let tool = answer.tool {
      let function: JSON = ["name": .string(tool.name), "arguments": .string(answer.arguments(vocabulary))]
      let call: JSON = [
        "id": .string("call_sim_\(answer.digits)"), "type": "function", "index": 0, "function": function,
      ]
      message.append(.init("tool_calls", [call]))
    }
    let choice: JSON = [
      "index": 0, "finish_reason": .string(answer.openAIFinishReason), "message": .object(message),
    ]
    var members: [JSON.Member] = [
      .init("id", .string("sim-\(answer.digits)")), .init("request_id", .string("sim-\(answer.digits)")),
      .init("created", .int(created)), .init("model", .string(model)), .init("choices", [choice]),
    ]
    if answer.includesUsage { members.append(.init("usage", answer.openAIUsage)) }
    return JSON.object(members).utf8()
  }
}
