/// How many requests ended how; ``Ending`` says what each counts in.
public struct RequestCounts: Sendable, Hashable {
  /// Requests that ended, successes and failures.
  public var total = 0
  /// Requests that succeeded.
  public var succeeded = 0
  /// Requests that were under way when the run ended: no failures, and in no sample.
  public var cut = 0
  /// Requests that a rule of the run left before their end: no failures, and in no sample.
  public var abandoned = 0
  /// Requests whose session ended before them: planned, and never due.
  public var skipped = 0
  /// Requests that were due before sending ended, and never sent.
  public var neverSent = 0
  /// Requests sent to warm the service up.
  public var warmup = 0
  /// Requests sent a second time because a kept-alive connection had died.
  public var retried = 0

  /// No request yet.
  public init() {}

  /// Requests that failed.
  public var failed: Int { total - succeeded }

  /// Requests that were planned up to the end of sending, whatever became of them.
  public var scheduled: Int { [cut, abandoned, skipped, neverSent].reduce(total) { $0.addingClamped($1) } }

  /// Failures ÷ requests that ended; nil when none did.
  public var errorRate: Double? { total == 0 ? nil : Double(failed) / Double(total) }
}

/// Failures of one class.
public struct FailureCount: Sendable, Hashable {
  /// The class.
  public var code: RequestFailure.Code
  /// How many.
  public var count: Int
  /// The message of the first one.
  public var sample: String

  /// `count` failures of class `code`.
  public init(code: RequestFailure.Code, count: Int, sample: String) {
    self.code = code
    self.count = count
    self.sample = sample
  }
}

/// How many answers a remark was made on.
public struct RemarkCount: Sendable, Hashable {
  /// The remark: one, not several.
  public var remark: ReadingRemarks
  /// How many.
  public var count: Int

  /// `count` answers with `remark`.
  public init(_ remark: ReadingRemarks, count: Int) {
    self.remark = remark
    self.count = count
  }
}
