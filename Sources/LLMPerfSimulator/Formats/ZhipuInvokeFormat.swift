import LLMPerf
import LLMPerfWire

/// Zhipu's third version: events whose data is plain text, and a `meta` field at the end. It knows neither reasoning nor
/// tools; both come as text.
struct ZhipuInvokeFormat: AnswerFormat {
  private let vocabulary: WordList
  private let text: [EventTemplate]
  private let finish: EventTemplate
  private let failure: EventTemplate

  static let streamContentType = "text/event-stream;charset=UTF-8"

  init(model: String, _ settings: FormatSettings) {
    vocabulary = settings.vocabulary
    // Exactly one blank behind the colon is dropped by the reader, so that a word's own blank stays.
    let holes: [EventTemplate] = ["\(.textSoFar)", "\(.text)"]
    text = holes.map { "event:add\nid:\(.digits)\ndata: \($0)\n\n" }
    finish = """
      event:finish
      id:\(.digits)
      data:
      meta:{"request_id":"\(.digits)","task_id":"\(.digits)","task_status":"SUCCESS",\
      "usage":{"prompt_tokens":\(.inputTokens),"completion_tokens":\(.outputTokens),"total_tokens":\(.totalTokens)}}


      """
    failure = "event:error\nid:\(.digits)\ndata:\(failureMessage)\n\n"
  }

  /// The vendor's error codes.
  static func code(_ status: Int) -> Int {
    switch status {
    case 401: 1002
    case 429: 1302
    case 400: 1210
    case 503: 1305
    default: status
    }
  }

  static func refusal(_ refusal: Refusal, isStreaming: Bool) -> WholeResponse {
    // Every error has status 200.
    let body: JSON = ["code": .int(code(refusal.status)), "msg": .string(refusal.message), "success": false]
    return .json(body.utf8(), headers: refusal.headers)
  }

  func writeOpening(_ answer: inout Answer, to writer: inout ResponseWriter) {}

  func write(_ piece: Piece, _ answer: inout Answer, to writer: inout ResponseWriter) {
    text[answer.request.isIncremental == false ? 0 : 1].write(&answer, piece, vocabulary, to: &writer)
  }

  func writeClosing(_ answer: inout Answer, to writer: inout ResponseWriter) {
    finish.write(&answer, vocabulary, to: &writer)
  }

  func writeFailure(_ answer: inout Answer, to writer: inout ResponseWriter) {
    failure.write(&answer, vocabulary, to: &writer)
  }

  func failureBody(_ answer: Answer) -> [UInt8] {
    JSON.object([.init("code", 500), .init("msg", .string(failureMessage)), .init("success", false)]).utf8()
  }

  func body(_ answer: Answer) -> [UInt8] {
    let text = JSON.string(answer.text(vocabulary)).description
    let usage: JSON = [
      "prompt_tokens": .int(answer.promptTokens), "completion_tokens": .int(answer.tokens),
      "total_tokens": .int(answer.promptTokens + answer.tokens),
    ]
    let data: JSON = [
      "request_id": .string(answer.digits), "task_id": .string(answer.digits), "task_status": "SUCCESS",
      "choices": [["role": "assistant", "content": .string(text)]], "usage": usage,
    ]
    return JSON.object([
      .init("code", 200), .init("msg", "操作成功"), .init("success", true), .init("data", data),
    ]).utf8()
  }
}
