import LLMPerf
import LLMPerfLock
import LLMPerfPython

/// The files that the tests run, and what it takes to run them.
enum PluginFiles {
  private static let tests = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/")

  static func fixture(_ name: String) -> String { "\(tests)/Fixtures/\(name)" }

  static func example(_ name: String) -> String { "\(tests)/../../Examples/python/\(name)" }
}

/// Collects what plugins print.
final class CollectedLines: Sendable {
  private let lines = Lock<[String]>([])

  var all: [String] { lines.withLock { $0 } }

  func add(_ line: String) { lines.withLock { $0.append(line) } }
}

extension PromptReader {
  /// The prompts that are left.
  mutating func rest() throws -> [Prompt] {
    var prompts: [Prompt] = []
    while let prompt = try next() { prompts.append(prompt) }
    return prompts
  }
}

extension FinishedResponse {
  /// A response to `request` with `messages`, read by `api` as it would be after an exchange.
  init(_ api: some APIPlugin, request: [UInt8], messages: [String], isPlain: Bool = false, isComplete: Bool = true) {
    var reading = ResponseReading()
    for message in messages {
      if isPlain {
        api.read(body: Array(message.utf8)[...], into: &reading)
      } else {
        _ = api.read(ServerSentEvent(data: Array(message.utf8)[...]), into: &reading)
      }
    }
    let data = messages.filter { $0 != "[DONE]" }.map { Array($0.utf8)[...] }
    self.init(request: request, messages: data, isPlain: isPlain, isComplete: isComplete, reading: reading)
  }
}
