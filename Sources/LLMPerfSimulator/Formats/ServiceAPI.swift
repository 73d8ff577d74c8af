import LLMPerf
import LLMPerfWire

/// The protocols that the simulator speaks, and where.
enum ServiceAPI: Hashable, CaseIterable {
  case chat, completions, responses, messages, dashScope, zhipu, zhipuInvoke, embeddings, rerank

  /// The protocol that is spoken at `path`. Services put their paths behind prefixes of their own, so the end decides.
  init?(path: String) {
    func ends(_ suffix: String) -> Bool { path.hasSuffix(suffix) }
    if ends("/chat/completions") {
      self = path.contains("/api/paas/") || path.contains("/api/coding/") ? .zhipu : .chat
    } else if ends("/completions") {
      self = .completions
    } else if ends("/responses") {
      self = .responses
    } else if ends("/messages") {
      self = .messages
    } else if ends("/generation") {
      self = .dashScope
    } else if ends("/sse-invoke") || ends("/invoke") {
      self = .zhipuInvoke
    } else if ends("/embeddings") {
      self = .embeddings
    } else if ends("/rerank") {
      self = .rerank
    } else {
      return nil
    }
  }

  /// The format's type.
  var format: any AnswerFormat.Type {
    switch self {
    case .chat: OpenAIChatFormat.self
    case .completions: OpenAICompletionsFormat.self
    case .responses: OpenAIResponsesFormat.self
    case .messages: AnthropicMessagesFormat.self
    case .dashScope: DashScopeFormat.self
    case .zhipu: ZhipuChatFormat.self
    case .zhipuInvoke: ZhipuInvokeFormat.self
    case .embeddings: EmbeddingsFormat.self
    case .rerank: RerankFormat.self
    }
  }

  /// Whether answers consist of tokens.
  var generatesTokens: Bool { self != .embeddings && self != .rerank }

  /// Adds what a request says outside its body.
  func complete(_ generation: inout GenerationRequest, from request: ServerRequest) {
    switch self {
    case .dashScope:
      generation.isStreaming =
        request.header("X-DashScope-SSE")?.lowercased() == "enable"
        || request.header("Accept")?.hasPrefix("text/event-stream") == true
    case .zhipuInvoke:
      generation.isStreaming = request.path.hasSuffix("/sse-invoke")
      generation.model = request.path.split(separator: "/").dropLast().last.map(String.init)
    case .embeddings, .rerank: generation.isStreaming = false
    default: break
    }
  }

  /// Whether `generation` can be answered with reasoning apart from the text.
  func separatesReasoning(_ generation: GenerationRequest) -> Bool {
    switch self {
    case .completions, .zhipuInvoke, .embeddings, .rerank: false
    case .dashScope: generation.resultFormat == "message"
    default: true
    }
  }

  /// Whether `generation` can be answered with a tool call.
  var callsTools: Bool {
    switch self {
    case .completions, .zhipuInvoke, .embeddings, .rerank: false
    default: true
    }
  }

  /// Whether the protocol reports token counts for `generation` by itself.
  func reportsUsage(_ generation: GenerationRequest) -> Bool {
    switch self {
    case .chat, .completions: !generation.isStreaming || generation.wantsUsage
    default: true
    }
  }
}
