import Dispatch
import LLMPerf
import LLMPerfLock
import LLMPerfTokenizers
import LLMPerfWire

/// Counts the tokens of many texts with one tokenizer, for several threads at the same time.
final class TokenCounter: Sendable {
  /// One worker: an encoder has a cache of its own and serves one thread at a time.
  private final class Worker: Sendable {
    let encoder: Lock<Encoder>

    init(_ tokenizer: Tokenizer) {
      encoder = Lock(tokenizer.makeEncoder())
    }
  }

  private let workers: [Worker]
  /// Texts fewer than this are not worth a second thread.
  private static let fewest = 16
  /// Counts of prompts by their fingerprints: the filter asks for them, and each request that repeats a prompt.
  private let prompts = Lock<[UInt64: Int?]>([:])
  private static let mostPrompts = 1 << 16

  /// Loads the tokenizer at `path`.
  ///
  /// - Throws: `UsageError` in the tokenizer's words.
  init(path: String) throws {
    let tokenizer = try Tokenizer(optionPath: path)
    workers = (0..<max(1, ProcessLimits.processors - 1)).map { _ in Worker(tokenizer) }
  }

  /// The number of tokens of a prompt, without special tokens; nil where the tokenizer has none for a part of it.
  ///
  /// A prompt that comes again is not counted again.
  func count(prompt: [UInt8]) -> Int? {
    let fingerprint = prompt.fingerprint
    if let known = prompts.withLock({ $0[fingerprint] }) { return known }
    let count = count(prompt, by: workers[0])
    prompts.withLock { if $0.count < Self.mostPrompts { $0[fingerprint] = .some(count) } }
    return count
  }

  /// The number of tokens of each text, counted on this thread.
  func count(_ texts: [[UInt8]]) -> [Int?] {
    for worker in workers {
      let counts = worker.encoder.withLockIfAvailable { encoder in texts.map { Self.count($0, by: &encoder) } }
      if let counts { return counts }
    }
    return texts.map { count($0, by: workers[0]) }
  }

  /// The same on as many threads as there are processors to spare, for one who counts alone.
  func countOnAllProcessors(_ texts: [[UInt8]]) -> [Int?] {
    guard workers.count > 1, texts.count >= Self.fewest else { return count(texts) }
    let counts = Lock([Int?](repeating: nil, count: texts.count))
    DispatchQueue.concurrentPerform(iterations: workers.count) { [workers] place in
      for index in stride(from: place, to: texts.count, by: workers.count) {
        let value = count(texts[index], by: workers[place])
        counts.withLock { $0[index] = value }
      }
    }
    return counts.withLock { $0 }
  }

  private func count(_ text: [UInt8], by worker: Worker) -> Int? {
    worker.encoder.withLock { Self.count(text, by: &$0) }
  }

  private static func count(_ text: [UInt8], by encoder: inout Encoder) -> Int? {
    text.withUnsafeBufferPointer { try? encoder.count(utf8: $0, addSpecialTokens: false) }
  }
}

extension Tokenizer {
  /// Loads what `--tokenizer-path` names, and tells on standard error what the files leave open and was assumed.
  ///
  /// - Throws: `UsageError` in the tokenizer's words.
  init(optionPath path: String) throws {
    do {
      self = try Tokenizer(path: path)
    } catch {
      throw UsageError("--tokenizer-path \(error.file ?? path): \(error.message)")
    }
    for assumption in summary.assumptions {
      StandardStreams.error.write("llmuses: --tokenizer-path \(path): \(assumption)\n")
    }
  }
}
