import LLMPerf

/// Rows of `result`, ready to be bound. They are made of records on any thread, so that the one that has the database need
/// only bind them.
package struct PreparedRows: Sendable {
  /// What a column gets.
  enum Value: Sendable {
    case null
    case integer(Int)
    case real(Double)
    /// These bytes of `texts`.
    case text(Range<Int>)
  }

  /// A text that the row of a request is too small for.
  struct LeftOut: Hashable, Sendable {
    var name: String
    var bytes: Int
  }

  /// The row of one request.
  struct Row: Sendable {
    /// The request's place in the schedule.
    var index: Int
    var endedAt: RunInstant?
    /// How long the texts are, those that are left out as well.
    var bytes: Int
    /// The texts that stay null, since with them the row would be longer than SQLite allows.
    var leftOut: [LeftOut]
  }

  var rows: [Row] = []
  /// The values of one row behind those of the other, a value for each column.
  var values: [Value] = []
  /// The texts of all rows, one behind the other.
  var texts: [UInt8] = []

  /// The values of the row at `place`.
  func values(at place: Int) -> ArraySlice<Value> {
    let count = ResultSchema.columns.count
    return values[place * count..<(place + 1) * count]
  }
}
