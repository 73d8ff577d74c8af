import LLMPerf
import LLMPerfWire

/// OpenAI's text completions: no role, and the first event is the first token. Reasoning is text like any other.
struct OpenAICompletionsFormat: AnswerFormat {
  private let vocabulary: WordList
  private let model: String
  private let created: Int

  private let text: EventTemplate
  private let finish: (String) -> EventTemplate
  private let usage: EventTemplate
  private let failure: EventTemplate

  init(model: String, _ settings: FormatSettings) {
    vocabulary = settings.vocabulary
    self.model = model
    created = settings.created
    let head: EventTemplate = """
      data: {"id":"cmpl-sim-\(.digits)","object":"text_completion","created":\(created),\
      "model":"\(model.escaped)","choices":[
      """
    func event(_ text: EventTemplate, finish: String = "null") -> EventTemplate {
      "\(head){\"index\":0,\"text\":\"\(text)\",\"logprobs\":null,\"finish_reason\":\(finish)}]}\n\n"
    }
    text = event("\(.text)").padded(to: settings.configuration.eventBytes)
    finish = { event("", finish: "\"\($0)\"") }
    usage = "\(head)],\"usage\":\(OpenAIChatFormat.usage)}\n\n"
    failure = "data: \(openAIFailure.description)\n\n"
  }

  func writeOpening(_ answer: inout Answer, to writer: inout ResponseWriter) {}

  func write(_ piece: Piece, _ answer: inout Answer, to writer: inout ResponseWriter) {
    text.write(&answer, piece, vocabulary, to: &writer)
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
    let choice: JSON = [
      "index": 0, "text": .string(answer.text(vocabulary)), "logprobs": .null,
      "finish_reason": .string(answer.openAIFinishReason),
    ]
    return openAIBody(
      id: "cmpl-sim-\(answer.digits)", object: "text_completion", created: created, model: model, choice, answer)
  }
}
