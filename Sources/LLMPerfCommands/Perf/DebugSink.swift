import LLMPerf

/// `--debug`: prints every request and response to standard error. Headers are not part of it, and so no secret is.
final class DebugSink: RecordSink {
  private static let longest = 4096
  private let output: (String) -> Void

  /// - Parameter output: Takes the lines of a request, each with its line break.
  init(output: @escaping (String) -> Void) {
    self.output = output
  }

  func receive(_ records: [RequestRecord]) {
    for record in records { output(Self.text(of: record)) }
  }

  private static func text(of record: RequestRecord) -> String {
    var lines = ["request \(record.index), due \(record.dueAt.seconds) s, sent \(seconds(record.sentAt)):"]
    if let bodies = record.bodies {
      lines.append("> " + text(bodies.request[...]))
      for event in bodies.events {
        let name = String(decoding: bodies.response[event.name], as: UTF8.self)
        lines.append("< \(event.at.seconds) s \(name.isEmpty ? "" : name + ": ")\(text(bodies.data(of: event)))")
      }
      if let plain = bodies.plain { lines.append("< \(text(bodies.response[plain]))") }
    }
    let outcome = record.failure.map { "failed, \($0.code): \($0.message)" } ?? "succeeded"
    lines.append("= \(outcome); status \(record.status.map(String.init) ?? "none"), ended \(seconds(record.endedAt))")
    // Services' and users' bytes, on a terminal.
    return lines.joined(separator: "\n").harmless(keepingLines: true) + "\n"
  }

  private static func seconds(_ instant: RunInstant?) -> String {
    instant.map { "\($0.seconds) s" } ?? "never"
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String {
    let text = String(decoding: bytes.prefix(longest), as: UTF8.self)
    return bytes.count > longest ? "\(text)… (\(bytes.count) bytes)" : text
  }
}
