/// A part of a run with numbers of its own: those requests that have one value of a key, such as one class. What it has is
/// defined as it is for the whole run.
///
/// Rates of slices that follow each other in time, as stages do, are over the slice's own run time; those of all others are
/// over the run's, so that they add up to the run's.
public struct RunSlice: Sendable {
  /// The key's name.
  public var key: String
  /// The value that its requests have, or `otherName`.
  public var name: String
  /// What the rates are over, in seconds; nil when nothing was sent.
  public var runTime: Double?

  /// How many requests ended how; warm-up is in no slice.
  public var counts = RequestCounts()
  /// What came and went per second.
  public var rates = RunRates()
  /// How many kept the limits that requests were to keep.
  public var objectives = ObjectiveNumbers()
  /// The times of requests.
  public var times = RequestTimes()
  /// The times between the events of answers.
  public var gaps = GapTimes()
  /// How late the client was, and how its stamps came about.
  public var client = ClientTimes()
  /// Tokens of prompts and answers, by the run's source.
  public var tokens = TokenNumbers()
  /// Events of answers.
  public var events = EventNumbers()

  /// The most slices of a run, those of all keys together.
  public static let most = 256
  /// The slice of a key that has the requests of all values beyond the most.
  public static let otherName = "other"

  /// A slice without requests.
  public init(key: String, name: String) {
    self.key = key
    self.name = name
  }
}

extension RunSlice {
  /// Whether `left` stands before `right` in reports: by number where names begin with one, as stages and turns do, and by name
  /// otherwise; the rest of a key comes last.
  static func stands(_ left: String, before right: String) -> Bool {
    if (left == otherName) != (right == otherName) { return right == otherName }
    func number(_ name: String) -> Int? { Int(name.prefix { $0.isASCII && $0.isNumber }) }
    return (number(left) ?? .max, left) < (number(right) ?? .max, right)
  }
}
