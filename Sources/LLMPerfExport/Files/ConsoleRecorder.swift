import LLMPerfLock

/// What the tool prints while it runs, for services that show a run's console. Any thread may write.
package final class ConsoleRecorder: Sendable {
  struct Line: Sendable, Hashable {
    var text: String
    var isError: Bool
    /// Seconds since 1970.
    var at: Double
  }

  private let lines = Lock<[Line]>([])
  private static let most = 10_000

  package init() {}

  /// Takes text that was printed; each of its lines becomes one. Lines are lost when nobody takes them away.
  package func append(_ text: String, isError: Bool = false) {
    let now = WallTime.now
    let parts = text.split(separator: "\n", omittingEmptySubsequences: false)
    let wanted = text.hasSuffix("\n") ? parts.dropLast() : parts[...]
    lines.withLock { lines in
      guard lines.count < Self.most else { return }
      lines.append(contentsOf: wanted.map { Line(text: String($0), isError: isError, at: now) })
    }
  }

  /// Takes the lines away.
  func take() -> [Line] {
    lines.withLock { lines in
      defer { lines = [] }
      return lines
    }
  }
}
