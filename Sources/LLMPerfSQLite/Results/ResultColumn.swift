import LLMPerf

/// One fact about a request as `result` keeps it: its column, or columns where the fact fills several, and the way from a
/// record and back. The schema, the insert and the decoder derive from `all`.
struct ResultColumn: Sendable {
  /// The names of the columns, in order.
  let names: [String]
  /// Binds as many values as there are names.
  let write: @Sendable (RequestRecord, inout RowOutput) -> Void
  /// Sets what the columns tell. A column that a file lacks reads as absent.
  let read: @Sendable (inout RequestRecord, inout RowDecoder) -> Void

  init(
    _ names: [String], write: @escaping @Sendable (RequestRecord, inout RowOutput) -> Void,
    read: @escaping @Sendable (inout RequestRecord, inout RowDecoder) -> Void
  ) {
    self.names = names
    self.write = write
    self.read = read
  }
}

// MARK: Kinds of columns

extension ResultColumn {
  /// A number of things, 0 to 2⁵³.
  static func count(
    _ name: String, _ value: @escaping @Sendable (RequestRecord) -> Int?,
    _ set: @escaping @Sendable (inout RequestRecord, Int?) -> Void
  ) -> Self {
    Self([name]) {
      $1.bind(value($0))
    } read: {
      set(&$0, $1.count(name))
    }
  }

  /// Words of any length.
  static func text(
    _ name: String, _ value: @escaping @Sendable (RequestRecord) -> String?,
    _ set: @escaping @Sendable (inout RequestRecord, String?) -> Void
  ) -> Self {
    Self([name]) {
      $1.bind(name, value($0))
    } read: {
      set(&$0, $1.text(name))
    }
  }

  /// Yes or no, as 1 or 0.
  static func flag(
    _ name: String, _ value: @escaping @Sendable (RequestRecord) -> Bool,
    _ set: @escaping @Sendable (inout RequestRecord, Bool) -> Void
  ) -> Self {
    Self([name]) {
      $1.bind(value($0) ? 1 : 0)
    } read: {
      set(&$0, $1.flag(name))
    }
  }

  /// A moment, in seconds; one before `earliest` cannot be.
  static func instant(
    _ name: String, from earliest: @escaping @Sendable (RequestRecord) -> RunInstant? = { _ in nil },
    _ value: @escaping @Sendable (RequestRecord) -> RunInstant?,
    _ set: @escaping @Sendable (inout RequestRecord, RunInstant?) -> Void
  ) -> Self {
    Self([name]) {
      $1.bind(value($0)?.seconds)
    } read: {
      set(&$0, $1.instant(name, from: earliest($0)))
    }
  }

  /// A time, in seconds; a negative one cannot be.
  static func time(
    _ name: String, _ value: @escaping @Sendable (RequestRecord) -> Duration?,
    _ set: @escaping @Sendable (inout RequestRecord, Duration?) -> Void
  ) -> Self {
    Self([name]) {
      $1.bind(value($0)?.inSeconds)
    } read: { record, row in
      set(&record, row.instant(name, from: .start).map { $0 - .start })
    }
  }

  /// A hash of 64 bits, as the signed number of the same bits.
  static func hash(
    _ name: String, _ value: @escaping @Sendable (RequestRecord) -> UInt64,
    _ set: @escaping @Sendable (inout RequestRecord, UInt64) -> Void
  ) -> Self {
    Self([name]) {
      $1.bind(Int(bitPattern: UInt(value($0))))
    } read: {
      set(&$0, $1.hash(name))
    }
  }
}
