import LLMPerf
import LLMPerfWire

/// DashScope's native protocol: numbered events whose usage grows, and whose text repeats itself unless
/// `incremental_output` is asked for.
struct DashScopeFormat: AnswerFormat {
  private let vocabulary: WordList
  private let text: [EventTemplate]
  private let message: [EventTemplate]
  private let reasoning: [EventTemplate]
  private let tool: [EventTemplate]
  private let failure: EventTemplate

  static let streamContentType = "text/event-stream;charset=UTF-8"

  init(model: String, _ settings: FormatSettings) {
    vocabulary = settings.vocabulary
    let padding = settings.configuration.eventBytes
    // The first of each pair repeats the text so far, the second has what is new.
    let holes: [EventTemplate] = ["\(.textSoFar)", "\(.text)"]
    func event(_ members: EventTemplate) -> EventTemplate { DashScopeFormat.event(members).padded(to: padding) }
    text = holes.map { event("\"finish_reason\":\"null\",\"text\":\"\($0)\"") }
    message = holes.map { event(DashScopeFormat.choice("\"content\":\"\($0)\"")) }
    reasoning = holes.map { event(DashScopeFormat.choice("\"content\":\"\",\"reasoning_content\":\"\($0)\"")) }
    tool = holes.map { _ in
      event(
        DashScopeFormat.choice(
          "\"content\":\"\",\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\(.text)\"}}]"))
    }
    failure = """
      id:\(.sequence)
      event:error
      :HTTP_STATUS/500
      data:{"code":"InternalError","message":"\(failureMessage)","request_id":"\(DashScopeFormat.requestID)"}


      """
  }

  private static let requestID: EventTemplate = "00000000-0000-4000-8000-\(.digits)"

  private static let usage: EventTemplate = """
    {"total_tokens":\(.totalTokens),"output_tokens":\(.outputTokens),"input_tokens":\(.inputTokens),\
    "output_tokens_details":{"reasoning_tokens":\(.reasoningTokens)}}
    """

  private static func choice(_ message: EventTemplate, finish: String = "null") -> EventTemplate {
    "\"choices\":[{\"message\":{\(message),\"role\":\"assistant\"},\"finish_reason\":\"\(finish)\"}]"
  }

  private static func data(_ output: EventTemplate) -> EventTemplate {
    "{\"output\":{\(output)},\"usage\":\(usage),\"request_id\":\"\(requestID)\"}"
  }

  private static func event(_ output: EventTemplate) -> EventTemplate {
    "id:\(.sequence)\nevent:result\n:HTTP_STATUS/200\ndata:\(data(output))\n\n"
  }

  static func refusal(_ refusal: Refusal, isStreaming: Bool) -> WholeResponse {
    let code =
      switch refusal.status {
      case 401: "InvalidApiKey"
      case 429: "Throttling.RateQuota"
      case 500: "InternalError"
      case 503: "ServiceUnavailable"
      default: "InvalidParameter"
      }
    let data: JSON = [
      "code": .string(code), "message": .string(refusal.message),
      "request_id": "00000000-0000-4000-8000-000000000000",
    ]
    // Asked for events, the service reports most errors in one, with status 200.
    guard isStreaming, refusal.status != 401 else {
      return .json(data.utf8(), status: refusal.status, headers: refusal.headers)
    }
    let event = "id:1\nevent:error\n:HTTP_STATUS/\(refusal.status)\ndata:\(data)\n\n"
    return .text(event, contentType: streamContentType)
  }

  func writeOpening(_ answer: inout Answer, to writer: inout ResponseWriter) {
    // Events are numbered from 1.
    answer.sequence = 1
  }

  func write(_ piece: Piece, _ answer: inout Answer, to writer: inout ResponseWriter) {
    let isIncremental = answer.request.isIncremental == true ? 1 : 0
    if piece.kind == .tool, piece.isFirst, let tool = answer.tool {
      let call: EventTemplate = """
        [{"index":0,"id":"call_sim_\(.digits)","type":"function",\
        "function":{"name":"\(tool.name.escaped)","arguments":""}}]
        """
      DashScopeFormat.event(DashScopeFormat.choice("\"content\":\"\",\"tool_calls\":\(call)"))
        .write(&answer, vocabulary, to: &writer)
    }
    template(piece.kind, answer, isIncremental).write(&answer, piece, vocabulary, to: &writer)
  }

  func writeClosing(_ answer: inout Answer, to writer: inout ResponseWriter) {
    let isIncremental = answer.request.isIncremental == true
    let text = isIncremental ? "" : answer.text(vocabulary).escaped
    DashScopeFormat.event(output(answer, text: text, isWhole: false)).write(&answer, vocabulary, to: &writer)
  }

  func writeFailure(_ answer: inout Answer, to writer: inout ResponseWriter) {
    failure.write(&answer, vocabulary, to: &writer)
  }

  func failureBody(_ answer: Answer) -> [UInt8] {
    JSON.object([.init("code", "InternalError"), .init("message", .string(failureMessage))]).utf8()
  }

  func body(_ answer: Answer) -> [UInt8] {
    var answer = answer
    answer.written = answer.tokens
    return DashScopeFormat.data(output(answer, text: answer.text(vocabulary).escaped, isWhole: true))
      .bytes(answer, vocabulary)
  }

  private func template(_ kind: OutputKind, _ answer: Answer, _ isIncremental: Int) -> EventTemplate {
    switch kind {
    case .reasoning: reasoning[isIncremental]
    case .tool: tool[isIncremental]
    case .text: answer.request.resultFormat == "message" ? message[isIncremental] : text[isIncremental]
    }
  }

  /// The output of the last event, or of the plain answer.
  private func output(_ answer: Answer, text: String, isWhole: Bool) -> EventTemplate {
    let finish = answer.openAIFinishReason
    guard answer.request.resultFormat == "message" || answer.tool != nil else {
      return "\"finish_reason\":\"\(finish)\",\"text\":\"\(text)\""
    }
    var message: EventTemplate = "\"content\":\"\(text)\""
    if isWhole, answer.reasoningTokens > 0 {
      message = "\(message),\"reasoning_content\":\"\(answer.reasoning(vocabulary).escaped)\""
    }
    if isWhole, let tool = answer.tool {
      let function = "{\"name\":\"\(tool.name.escaped)\",\"arguments\":\"\(answer.arguments(vocabulary).escaped)\"}"
      let call: EventTemplate =
        "{\"index\":0,\"id\":\"call_sim_\(.digits)\",\"type\":\"function\",\"function\":\(function)}"
      message = "\(message),\"tool_calls\":[\(call)]"
    }
    return DashScopeFormat.choice(message, finish: finish)
  }
}
