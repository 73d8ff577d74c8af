/// Whether a run's numbers can be trusted, and why not.
public struct Verdict: Sendable, Hashable {
  /// The word at the end of the report.
  public enum Level: String, Sendable, Comparable {
    /// The numbers are the service's.
    case valid = "VALID"
    /// The numbers may be off, or mean less than they seem to.
    case suspect = "SUSPECT"
    /// The numbers are not the service's.
    case invalid = "INVALID"

    public static func < (lhs: Level, rhs: Level) -> Bool { lhs.rank < rhs.rank }

    private var rank: Int {
      switch self {
      case .valid: 0
      case .suspect: 1
      case .invalid: 2
      }
    }
  }

  /// One reason.
  public struct Reason: Sendable, Hashable {
    /// How bad it is.
    public var level: Level
    /// A name for machines, such as `client-cpu`.
    public var code: String
    /// One sentence that says what was seen and what to do.
    public var message: String

    /// What stands in front of the message: `SUSPECT`, or `note` for what does not weigh.
    package var title: String { level == .valid ? "note" : level.rawValue }

    /// A reason.
    public init(_ level: Level, code: String, _ message: String) {
      self.level = level
      self.code = code
      self.message = message
    }
  }

  /// Every reason, the worst first.
  public var reasons: [Reason]

  /// The verdict that `reasons` add up to; none of them: valid.
  public init(reasons: [Reason] = []) {
    self.reasons = reasons.sorted { $0.level > $1.level }
  }

  /// The worst of the reasons' levels.
  public var level: Level { reasons.map(\.level).max() ?? .valid }
}
