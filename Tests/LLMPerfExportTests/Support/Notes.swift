import LLMPerfLock

/// Collects the lines that a sink says to the user, from whatever thread.
final class Notes: Sendable {
  private let lines = Lock<[String]>([])

  func add(_ line: String) { lines.withLock { $0.append(line) } }
  var all: [String] { lines.withLock { $0 } }
  var text: String { all.joined(separator: "\n") }
}
