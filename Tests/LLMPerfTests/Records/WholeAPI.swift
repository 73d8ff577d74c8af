import LLMPerf
import LLMPerfLock

/// A protocol that sees whole responses, and stumbles over one of them.
struct WholeAPI: APIPlugin {
  final class Seen: Sendable { let texts = Lock<[[String]]>([]) }

  let inner: OpenAIAPI
  let seen = Seen()
  var finishesResponses: Bool { true }

  func makeRequest(for prompt: Prompt) throws -> APIRequest { try inner.makeRequest(for: prompt) }

  func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning {
    inner.read(event, into: &reading)
  }

  func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading) { inner.read(body: body, into: &reading) }

  func finish(_ responses: inout [FinishedResponse]) throws {
    let texts = responses.map { String(decoding: $0.reading.text, as: UTF8.self) }
    seen.texts.withLock { $0.append(texts) }
    if texts.contains("poison") { throw UsageError("the plugin knows no poison") }
  }
}
