/// How long to wait before a request is sent again.
///
/// The numbers are those of the W&B client: 2 s doubling to 60 s, and up to a quarter more at random, so that many
/// clients of a service that comes back do not return at the same moment.
struct RetryPolicy: Sendable {
  /// The wait after the first failure.
  var first: Duration = .seconds(2)
  /// The longest wait.
  var longest: Duration = .seconds(60)

  /// The wait after `failures` failures in a row, unless the service named one itself.
  ///
  /// - Parameters:
  ///   - retryAfter: The value of `Retry-After`, in seconds.
  ///   - random: A draw from 0 to 1.
  func wait(afterFailures failures: Int, retryAfter: String? = nil, random: Double) -> Duration {
    if let wait = retryAfter.flatMap({ HeaderNumber.wait($0, atMost: .seconds(600)) }) { return wait }
    let doubled = first * (1 << min(max(failures - 1, 0), 20))
    return min(doubled, longest) * (1 + random / 4)
  }

  /// Whether a response of `status` may be followed by a better one.
  static func isWorthRepeating(status: Int) -> Bool {
    switch status {
    case 400, 401, 403, 404, 405, 409, 410, 411, 413, 415, 422, 501: false
    default: true
    }
  }
}
