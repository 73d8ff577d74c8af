/// What was noticed while an answer was read: something in it is not as its protocol says.
public struct ReadingRemarks: OptionSet, Sendable, Hashable {
  public let rawValue: UInt8

  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// All output stood in members, or in a form, that the protocol does not know.
  public static let guessedOutput = ReadingRemarks(rawValue: 1)
  /// Beside the output stood text in members that the protocol does not know; it was left out.
  public static let foreignText = ReadingRemarks(rawValue: 2)
  /// Token counts of the service were left out: they can be none, or contradict what came.
  public static let countsLeftOut = ReadingRemarks(rawValue: 4)
  /// No blank line stood between events; each line that was whole JSON was taken for one.
  public static let joinedEvents = ReadingRemarks(rawValue: 8)
  /// The text has bytes or escapes that are no characters, such as half a surrogate pair, or U+FFFD in their place.
  public static let brokenText = ReadingRemarks(rawValue: 16)
  /// The service counts output tokens, and no output was found in its stream.
  public static let missedOutput = ReadingRemarks(rawValue: 32)

  /// Each remark with its name in reports and in the database.
  public static let named: [(remark: ReadingRemarks, name: String)] = [
    (.guessedOutput, "guessed-output"), (.foreignText, "foreign-text"), (.countsLeftOut, "counts-left-out"),
    (.joinedEvents, "joined-events"), (.brokenText, "broken-text"), (.missedOutput, "missed-output"),
  ]

  /// The names, with commas between them; nil when there is nothing to say.
  public var names: String? {
    isEmpty ? nil : Self.named.filter { contains($0.remark) }.map(\.name).joined(separator: ",")
  }

  /// The remarks with these names; names that are not known say nothing.
  public init(names: String) {
    let words = names.split(separator: ",")
    self.init(Self.named.filter { words.contains(Substring($0.name)) }.map(\.remark))
  }
}
