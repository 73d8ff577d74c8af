import LLMPerf
import LLMPerfWire

/// OpenAI's embeddings: vectors of length 1 that depend on the request and the input alone.
struct EmbeddingsFormat: WholeAnswerFormat {
  private let model: String
  private let dimensions: Int
  private let seed: UInt64

  init(model: String, _ settings: FormatSettings) {
    self.model = model
    dimensions = settings.configuration.embeddingDimensions
    seed = settings.configuration.seed
  }

  func body(_ answer: Answer) -> [UInt8] {
    let inputs = answer.request.inputTokens
    let data: [JSON] = inputs.indices.map { index in
      let vector = vector(answer, index)
      let embedding: JSON =
        answer.request.wantsBase64
        ? .string(EmbeddingsFormat.base64(vector)) : .array(vector.map { .double(Double($0)) })
      return ["object": "embedding", "index": .int(index), "embedding": embedding]
    }
    let body: JSON = [
      "object": "list", "data": .array(data), "model": .string(model),
      "usage": ["prompt_tokens": .int(answer.promptTokens), "total_tokens": .int(answer.promptTokens)],
    ]
    return body.utf8()
  }

  private func vector(_ answer: Answer, _ index: Int) -> [Float] {
    var generator = SplitMix64(seed: seed &+ UInt64(answer.number) &* 0x1_0001 &+ UInt64(index))
    let raw = (0..<dimensions).map { _ in Float(generator.nextUnit() - 0.5) }
    let length = raw.reduce(0) { $0 + $1 * $1 }.squareRoot()
    return raw.map { $0 / max(length, .leastNormalMagnitude) }
  }

  /// The numbers as little-endian bytes in base 64, which OpenAI's own client asks for.
  private static func base64(_ vector: [Float]) -> String {
    Base64.encode(
      vector.flatMap { number in (0..<4).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * $0)) } })
  }
}
