/// A way in which the simulated service fails.
package enum Fault: String, Sendable, Hashable, CaseIterable {
  /// Status 429 with `Retry-After`.
  case tooManyRequests = "429"
  /// Status 500.
  case serverError = "500"
  /// Status 503.
  case unavailable = "503"
  /// The connection is reset in the middle of the answer.
  case reset
  /// The answer pauses in the middle.
  case stall
  /// The answer ends early, in proper HTTP: no finish reason, no end mark.
  case truncated
  /// The connection is closed in the middle of the answer.
  case disconnected
  /// Status 200, then an error object in the middle of the answer.
  case inBand = "in-band"
  /// One event, or the whole plain answer, is broken JSON.
  case malformed
  /// Status 200 and no content at all.
  case empty

  /// The status it answers with instead of an answer; nil for those that begin like a good one.
  package var status: Int? {
    switch self {
    case .tooManyRequests: 429
    case .serverError: 500
    case .unavailable: 503
    default: nil
    }
  }
}
