import LLMPerf

@testable import LLMPerfExport

extension RunClosing {
  /// What `result` alone says: 3 when every request failed, 130 for a run cut short, else 0.
  static func plain(_ result: RunResult) -> RunClosing {
    let summary = result.summary
    if summary.isPartial { return RunClosing(exitCode: 130, wasInterrupted: true) }
    return RunClosing(exitCode: summary.counts.total > 0 && summary.counts.succeeded == 0 ? 3 : 0)
  }
}
