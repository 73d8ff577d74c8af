import LLMPerf

/// The values of a row, each checked where it enters the program: what cannot be is absent, and counted.
///
/// A file may have been damaged, or written by a stranger. What comes out of here is small enough for any arithmetic: times lie
/// within `RunInstant.farthest`, counts between 0 and 2⁵³.
struct StoredValues {
  private let row: Statement
  /// How many values could not be what they were said to be.
  private(set) var damaged = 0

  init(_ row: Statement) {
    self.row = row
  }

  /// A whole number of any size.
  mutating func whole(_ place: Int) -> Int? {
    switch row.kind(place) {
    case .null: return nil
    case .integer: return row.int(place)
    case .real:
      if let value = row.double(place).flatMap({ Int(exactly: $0) }) { return value }
    case .text, .blob: break
    }
    return leaveOut()
  }

  /// A number of things.
  mutating func count(_ place: Int) -> Int? {
    guard let value = whole(place) else { return nil }
    return 0...TokenUsage.largestCount ~= value ? value : leaveOut()
  }

  /// A number that is either 0 or 1; absent as 0.
  mutating func flag(_ place: Int) -> Bool {
    guard let value = whole(place) else { return false }
    return 0...1 ~= value ? value == 1 : leaveOut() ?? false
  }

  /// A finite number.
  mutating func number(_ place: Int) -> Double? {
    switch row.kind(place) {
    case .null: return nil
    case .integer, .real:
      if let value = row.double(place), value.magnitude <= Double(TokenUsage.largestCount) { return value }
    case .text, .blob: break
    }
    return leaveOut()
  }

  /// A moment, `earliest` or later.
  mutating func instant(_ place: Int, from earliest: RunInstant? = nil) -> RunInstant? {
    guard let seconds = number(place) else { return nil }
    guard let instant = RunInstant(checking: seconds), earliest.map({ $0 <= instant }) ?? true else {
      return leaveOut()
    }
    return instant
  }

  /// The bytes of a text.
  mutating func bytes(_ place: Int) -> [UInt8]? {
    switch row.kind(place) {
    case .null: nil
    case .text: row.bytes(place)
    case .integer, .real, .blob: leaveOut()
    }
  }

  /// A text.
  mutating func text(_ place: Int) -> String? {
    bytes(place).map { String(decoding: $0, as: UTF8.self) }
  }

  /// A text that is one of `known`.
  mutating func word<Word: RawRepresentable<String>>(_ place: Int, as known: Word.Type) -> Word? {
    guard let text = text(place) else { return nil }
    return Word(rawValue: text) ?? leaveOut()
  }

  /// The elements of a JSON array.
  mutating func elements(_ place: Int) -> [JSON]? {
    guard let bytes = bytes(place) else { return nil }
    return (try? JSON(parsing: bytes))?.arrayValue ?? leaveOut()
  }

  /// The moments of a JSON array; absent when one of them is damaged, since it cannot be told which event was whose then.
  mutating func instants(_ place: Int) -> [RunInstant]? {
    guard let elements = elements(place) else { return nil }
    let instants = elements.compactMap { $0.doubleValue.flatMap { RunInstant(checking: $0) } }
    return instants.count == elements.count ? instants : leaveOut()
  }

  /// The counts of a JSON array; absent when one of them is damaged.
  mutating func counts(_ place: Int) -> [Int]? {
    guard let elements = elements(place) else { return nil }
    let counts = elements.compactMap { $0.intValue.flatMap { 0...TokenUsage.largestCount ~= $0 ? $0 : nil } }
    return counts.count == elements.count ? counts : leaveOut()
  }

  /// Nothing, in place of a value that cannot be.
  mutating func leaveOut<Value>() -> Value? {
    damaged += 1
    return nil
  }
}
