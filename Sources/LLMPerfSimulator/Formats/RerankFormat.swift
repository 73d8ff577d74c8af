import LLMPerf
import LLMPerfWire

/// The ranking that vLLM, Jina and Cohere share: documents by relevance, which here is drawn.
struct RerankFormat: WholeAnswerFormat {
  private let model: String
  private let seed: UInt64

  init(model: String, _ settings: FormatSettings) {
    self.model = model
    seed = settings.configuration.seed
  }

  func body(_ answer: Answer) -> [UInt8] {
    var generator = SplitMix64(seed: seed &+ UInt64(answer.number))
    let scores = answer.request.inputTokens.indices.map { (index: $0, score: generator.nextUnit()) }
      .sorted { $0.score > $1.score }
      .prefix(max(0, answer.request.topCount ?? .max))
    let results: [JSON] = scores.map { ["index": .int($0.index), "relevance_score": .double($0.score)] }
    let body: JSON = [
      "id": .string("rerank-sim-\(answer.digits)"), "model": .string(model), "results": .array(results),
      "usage": ["prompt_tokens": .int(answer.promptTokens), "total_tokens": .int(answer.promptTokens)],
    ]
    return body.utf8()
  }
}
