package import LLMPerf

/// Plain progress lines for logs: the original's running averages by its own keys, one line every so many requests.
package final class QueryLog: RecordSink {
  private let every: Int
  private let output: (String) -> Void
  private var averages = ClassicAverages(concurrency: nil)

  /// - Parameters:
  ///   - every: Requests between two lines, `--log-every-n-query`; 0 writes none.
  ///   - output: Takes each line, with its line break.
  package init(every: Int, output: @escaping (String) -> Void) {
    self.every = every
    self.output = output
  }

  package func begin(_ run: RunDescription) {
    averages = ClassicAverages(concurrency: run.parallel)
  }

  package func receive(_ records: [RequestRecord]) {
    guard every > 0 else { return }
    for record in records where record.phase == .measured && record.ending.isOwn {
      averages.add(record)
      if averages.completed % every == 0 { output(Self.line(averages) + "\n") }
    }
  }

  /// `key: value, key: value, …`; a value that does not exist is `n/a`.
  static func line(_ averages: ClassicAverages) -> String {
    averages.values.map { key, value, digits in
      guard let value else { return "\(key): n/a" }
      let text = NumberText.rounded(value, digits: digits)
      // Python writes a whole number of a real quantity with its point.
      return "\(key): \(digits > 0 && !text.contains(".") ? text + ".0" : text)"
    }.joined(separator: ", ")
  }
}
