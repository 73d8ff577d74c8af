/// How a request ended.
///
/// | ending | counts in |
/// |---|---|
/// | `success` | every sample, throughput, attainment |
/// | `failure` | the error rate; attainment, as missed |
/// | `abandoned` | its own count; attainment, where a limit had passed |
/// | `cut` | its own count; attainment, where a limit had passed |
/// | `skipped` | its own count; attainment, as missed |
/// | `neverSent` | its own count; attainment, as missed |
public enum Ending: Sendable, Hashable {
  /// A whole answer came.
  case success
  /// The service, the network or the client failed it.
  case failure(RequestFailure)
  /// A rule of the run left the answer before its end.
  case abandoned(AbandonRule)
  /// The end of the run came while it was under way.
  case cut(by: RunEnd)
  /// Its session ended before it, so it was not sent.
  case skipped
  /// It was due, and the run ended before it could leave.
  case neverSent

  /// What ended a run, in the words that records tell it by.
  public enum RunEnd: String, Sendable {
    /// The grace after the duration, or after whatever else ended the sending, had passed.
    case endOfRun = "cut by the end of the run"
    /// An interrupt, where a record tells it apart.
    case interrupt = "the run was interrupted"
  }

  /// Whether the request came to an end of its own, good or bad. Only such requests are in samples and in the error rate.
  public var isOwn: Bool {
    switch self {
    case .success, .failure: true
    case .abandoned, .cut, .skipped, .neverSent: false
    }
  }
}

/// A rule by which a run leaves an answer before its end.
public struct AbandonRule: Sendable, Hashable {
  /// The rule in words.
  public var words: String

  /// The rule that `words` tell.
  public init(_ words: String) {
    self.words = words
  }

  /// What a probe wanted to know had been seen.
  public static let enoughSeen = AbandonRule("enough was seen")
}

// MARK: In databases and exports

extension Ending {
  /// The class and the words by which databases and exports tell it in their columns `failure` and `message`; nil of a
  /// success. Whatever is no success has them, be it a failure or not.
  public var failure: RequestFailure? {
    switch self {
    case .success: nil
    case .failure(let failure): failure
    case .abandoned(let rule): RequestFailure(.abandoned, rule.words)
    case .cut(let end): RequestFailure(.cancelled, end.rawValue)
    case .skipped: RequestFailure(.skipped, "its session ended before it")
    case .neverSent: RequestFailure(.cancelled, "the run ended before it could be sent")
    }
  }

  /// The ending that the columns tell. `isUnderWay` says whether the request had been sent, or begun to connect.
  public init(told failure: RequestFailure?, isUnderWay: Bool) {
    guard let failure else {
      self = .success
      return
    }
    switch failure.code {
    case .cancelled where !isUnderWay: self = .neverSent
    case .cancelled: self = .cut(by: RunEnd(rawValue: failure.message) ?? .endOfRun)
    case .abandoned: self = .abandoned(AbandonRule(failure.message))
    case .skipped: self = .skipped
    default: self = .failure(failure)
    }
  }
}
