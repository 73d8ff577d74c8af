import Dispatch
import LLMPerf
import LLMPerfTokenizers
import LLMPerfWire
import Synchronization

/// Counts the tokens of many texts with one tokenizer, on several threads where there are processors to spare.
final class TokenCounter: Sendable {
  /// One worker: an encoder has a cache of its own and serves one thread at a time.
  private final class Worker: Sendable {
    let encoder: Mutex<Encoder>

    init(_ tokenizer: Tokenizer) {
      encoder = Mutex(tokenizer.makeEncoder())
    }
  }

  /// What was loaded, for the report.
  let summary: TokenizerSummary
  private let workers: [Worker]
  /// Texts fewer than this are not worth a second thread.
  private static let fewest = 16

  /// Loads the tokenizer at `path`.
  ///
  /// - Throws: `UsageError` in the tokenizer's words.
  init(path: String) throws {
    let tokenizer: Tokenizer
    do {
      tokenizer = try Tokenizer(path: path)
    } catch {
      throw UsageError("--tokenizer-path \(path): \(error)")
    }
    summary = tokenizer.summary
    workers = (0..<max(1, ProcessLimits.processors - 1)).map { _ in Worker(tokenizer) }
  }

  /// The number of tokens of `text`, without special tokens; nil where the tokenizer has none for a part of it.
  func count(_ text: [UInt8]) -> Int? {
    count(text, by: workers[0])
  }

  /// The number of tokens of each text.
  func count(_ texts: [[UInt8]]) -> [Int?] {
    guard workers.count > 1, texts.count >= Self.fewest else { return texts.map { count($0, by: workers[0]) } }
    let counts = Mutex([Int?](repeating: nil, count: texts.count))
    DispatchQueue.concurrentPerform(iterations: workers.count) { [workers] place in
      for index in stride(from: place, to: texts.count, by: workers.count) {
        let value = count(texts[index], by: workers[place])
        counts.withLock { $0[index] = value }
      }
    }
    return counts.withLock { $0 }
  }

  private func count(_ text: [UInt8], by worker: Worker) -> Int? {
    worker.encoder.withLock { encoder in
      text.withUnsafeBufferPointer { try? encoder.count(utf8: $0, addSpecialTokens: false) }
    }
  }
}
