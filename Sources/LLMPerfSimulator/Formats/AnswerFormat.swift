import LLMPerf
import LLMPerfWire

/// How a protocol writes an answer. One file a protocol.
protocol AnswerFormat {
  /// The format for answers in the name of `model`, with its events rendered.
  init(model: String, _ settings: FormatSettings)

  /// The content type of a stream.
  static var streamContentType: String { get }

  /// What a refused request gets.
  static func refusal(_ refusal: Refusal, isStreaming: Bool) -> WholeResponse

  /// What comes before the first token, and tells that the request was accepted.
  func writeOpening(_ answer: inout Answer, to writer: inout ResponseWriter)
  /// Tokens.
  func write(_ piece: Piece, _ answer: inout Answer, to writer: inout ResponseWriter)
  /// What comes after the last token.
  func writeClosing(_ answer: inout Answer, to writer: inout ResponseWriter)
  /// An error after the stream has begun.
  func writeFailure(_ answer: inout Answer, to writer: inout ResponseWriter)
  /// A failure that a plain answer with status 200 has.
  func failureBody(_ answer: Answer) -> [UInt8]
  /// The whole answer, when no stream was asked for.
  func body(_ answer: Answer) -> [UInt8]
}

/// What formats take from the configuration.
struct FormatSettings {
  let vocabulary: WordList
  let configuration: SimulatorConfiguration
  /// Seconds since 1970 when the simulator started: `created` of every answer.
  let created: Int
}

/// Why a request is refused before an answer begins.
struct Refusal {
  var status: Int
  var message: String
  /// Seconds to wait, with a 429.
  var retryAfter: Int?

  static let overloaded = Refusal(status: 503, message: "The simulated engine's queue is full.")
  static let noKey = Refusal(status: 401, message: "The API key is missing or wrong.")

  /// A refusal that the configuration asked for.
  init(fault status: Int, retryAfter: Int) {
    self.status = status
    self.retryAfter = status == 429 ? retryAfter : nil
    switch status {
    case 429: message = "The simulated rate limit was reached."
    case 503: message = "The simulated service is overloaded."
    default: message = "A simulated failure."
    }
  }

  init(status: Int, message: String) {
    self.status = status
    self.message = message
  }

  var headers: [WholeResponse.Header] { retryAfter.map { [.init("Retry-After", String($0))] } ?? [] }

  /// The name of the error class in OpenAI's protocol.
  var openAIType: String {
    switch status {
    case 401: "authentication_error"
    case 429: "rate_limit_error"
    case 400, 404, 405: "invalid_request_error"
    default: "server_error"
    }
  }
}

/// The message of every failure after an answer has begun.
let failureMessage = "A simulated failure in the middle of the answer."

extension AnswerFormat {
  static var streamContentType: String { "text/event-stream; charset=utf-8" }

  static func refusal(_ refusal: Refusal, isStreaming: Bool) -> WholeResponse {
    let body: JSON = [
      "error": [
        "message": .string(refusal.message), "type": .string(refusal.openAIType), "param": .null,
        "code": .int(refusal.status),
      ]
    ]
    return .json(body.utf8(), status: refusal.status, headers: refusal.headers)
  }

  func failureBody(_ answer: Answer) -> [UInt8] { openAIFailure.utf8() }
}

/// An error object as OpenAI's protocols have it.
let openAIFailure: JSON = ["error": ["message": .string(failureMessage), "type": "server_error", "code": 500]]
