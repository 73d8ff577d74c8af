import LLMPerf
import LLMPerfWire

/// OpenAI's chat completions, as most services speak them.
struct OpenAIChatFormat: AnswerFormat {
  private let vocabulary: WordList
  private let model: String
  private let created: Int
  private let roleEvent: SimulatorConfiguration.RoleEvent

  private let role: EventTemplate
  private let text: EventTemplate
  private let textWithRole: EventTemplate
  private let reasoning: EventTemplate
  private let toolStart: (GenerationRequest.Tool) -> EventTemplate
  private let toolArguments: EventTemplate
  private let finish: (String) -> EventTemplate
  private let usage: EventTemplate
  private let failure: EventTemplate

  init(model: String, _ settings: FormatSettings) {
    vocabulary = settings.vocabulary
    self.model = model
    created = settings.created
    roleEvent = settings.configuration.roleEvent
    let padding = settings.configuration.eventBytes
    let head: EventTemplate = """
      data: {"id":"chatcmpl-sim-\(.digits)","object":"chat.completion.chunk","created":\(created),\
      "model":"\(model.escaped)","choices":[
      """
    func event(_ delta: EventTemplate, finish: String = "null") -> EventTemplate {
      "\(head){\"index\":0,\"delta\":{\(delta)},\"logprobs\":null,\"finish_reason\":\(finish)}]}\n\n"
    }
    role = event(#""role":"assistant","content":"""#)
    text = event("\"content\":\"\(.text)\"").padded(to: padding)
    textWithRole = event("\"role\":\"assistant\",\"content\":\"\(.text)\"").padded(to: padding)
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
    finish = { event("", finish: "\"\($0)\"") }
    usage = "\(head)],\"usage\":\(OpenAIChatFormat.usage)}\n\n"
    failure = "data: \(openAIFailure.description)\n\n"
  }

  static let usage: EventTemplate = """
    {"prompt_tokens":\(.inputTokens),"completion_tokens":\(.outputTokens),"total_tokens":\(.totalTokens),\
    "completion_tokens_details":{"reasoning_tokens":\(.reasoningTokens)}}
    """

  static let end: EventTemplate = "data: [DONE]\n\n"

  func writeOpening(_ answer: inout Answer, to writer: inout ResponseWriter) {
    if roleEvent != .never { role.write(&answer, vocabulary, to: &writer) }
  }

  func write(_ piece: Piece, _ answer: inout Answer, to writer: inout ResponseWriter) {
    switch piece.kind {
    case .reasoning: reasoning.write(&answer, piece, vocabulary, to: &writer)
    case .text:
      let needsRole = roleEvent == .never && piece.isFirst
      (needsRole ? textWithRole : text).write(&answer, piece, vocabulary, to: &writer)
    case .tool:
      if piece.isFirst, let tool = answer.tool { toolStart(tool).write(&answer, vocabulary, to: &writer) }
      toolArguments.write(&answer, piece, vocabulary, to: &writer)
    }
  }

  func writeClosing(_ answer: inout Answer, to writer: inout ResponseWriter) {
    finish(answer.openAIFinishReason).write(&answer, vocabulary, to: &writer)
    if answer.includesUsage { usage.write(&answer, vocabulary, to: &writer) }
    OpenAIChatFormat.end.write(&answer, vocabulary, to: &writer)
  }

  func writeFailure(_ answer: inout Answer, to writer: inout ResponseWriter) {
    failure.write(&answer, vocabulary, to: &writer)
  }

  func body(_ answer: Answer) -> [UInt8] {
    var message: [JSON.Member] = [.init("role", "assistant")]
    message.append(.init("content", answer.tool == nil ? .string(answer.text(vocabulary)) : .null))
    if answer.reasoningTokens > 0 {
      message.append(.init("reasoning_content", .string(answer.reasoning(vocabulary))))
    }
    if let tool = answer.tool {
      let function: JSON = ["name": .string(tool.name), "arguments": .string(answer.arguments(vocabulary))]
      let call: JSON = ["id": .string("call_sim_\(answer.digits)"), "type": "function", "function": function]
      message.append(.init("tool_calls", [call]))
    }
    let choice: JSON = [
      "index": 0, "message": .object(message), "logprobs": .null,
      "finish_reason": .string(answer.openAIFinishReason),
    ]
    return openAIBody(
      id: "chatcmpl-sim-\(answer.digits)", object: "chat.completion", created: created, model: model, choice, answer)
  }
}

/// The frame that chat and text completions share.
func openAIBody(
  id: String, object: String, created: Int, model: String, _ choice: JSON, _ answer: Answer
) -> [UInt8] {
  var members: [JSON.Member] = [
    .init("id", .string(id)), .init("object", .string(object)), .init("created", .int(created)),
    .init("model", .string(model)), .init("choices", [choice]),
  ]
  if answer.includesUsage { members.append(.init("usage", answer.openAIUsage)) }
  return JSON.object(members).utf8()
}

extension Answer {
  var openAIFinishReason: String { isCutByLimit ? "length" : tool == nil ? "stop" : "tool_calls" }

  /// The usage of the whole answer.
  var openAIUsage: JSON {
    [
      "prompt_tokens": .int(promptTokens), "completion_tokens": .int(tokens),
      "total_tokens": .int(promptTokens + tokens),
      "completion_tokens_details": ["reasoning_tokens": .int(reasoningTokens)],
    ]
  }
}
