import Foundation
public import LLMPerf

/// Acme's log: a line for each request, and one for the run, in the file that `ACME_LOG` names.
public final class AcmeLog: RecordSink {
  private let file: FileHandle

  /// The log of one run; nil where `ACME_LOG` is not set.
  ///
  /// - Throws: `UsageError` when the file cannot be made.
  public init?(_ options: SinkOptions) throws {
    guard let path = options.environment["ACME_LOG"] else { return nil }
    guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
    else { throw UsageError("ACME_LOG: \(path) cannot be written; name a file in a folder that is there") }
    self.file = file
    options.note("Acme: \(options.runName) is logged to \(path)")
  }

  public func receive(_ records: [RequestRecord]) throws {
    for record in records {
      let time = record.timeToFirstToken.map { "\($0.inSeconds) s" } ?? "no token"
      try write("\(record.index) \(record.failure.map { "\($0.code)" } ?? "ok") \(time)\n")
    }
  }

  public func end(_ result: RunResult) throws {
    try write("\(result.run.name): \(result.summary.counts.succeeded) of \(result.summary.counts.total)\n")
    try file.close()
  }

  private func write(_ line: String) throws {
    try file.write(contentsOf: Data(line.utf8))
  }
}
