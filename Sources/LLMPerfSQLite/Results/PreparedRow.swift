import LLMPerf

/// A row of `result`, ready to be bound. It is made of a record on any thread, so that the one that has the database need only
/// bind it.
package struct PreparedRow: Sendable {
  /// What a column gets. Owns nothing, so that a row's values are copied and let go of as one block.
  enum Value: BitwiseCopyable, Sendable {
    case null
    case integer(Int)
    case real(Double)
    /// A short text: these bytes of `texts`.
    case text(start: Int, count: Int)
    /// A text of any length: the one at this place of `longTexts`.
    case long(Int)
  }

  /// A text that the row is too small for.
  struct LeftOut: Hashable, Sendable {
    var name: String
    var bytes: Int
  }

  /// The request's place in the schedule.
  var index: Int
  var endedAt: RunInstant?
  /// How long the texts are, those that are left out as well.
  var bytes: Int
  /// The texts that stay null, since with them the row would be longer than SQLite allows.
  var leftOut: [LeftOut]
  /// A value for each column, in order.
  var values: [Value] = []
  /// The short texts of all columns, one behind the other.
  var texts: [UInt8] = []
  /// The texts of any length, shared with the record where they stand there too.
  var longTexts: [[UInt8]] = []
}
