/// How one tool makes numbers of a run's records: its formulas, and its rule for percentiles.
///
/// Tools give the same names to different numbers. Each has a file here, so that a report in a tool's form can hold that
/// tool's values, and results can be held against old ones.
public protocol ToolDefinition {
  /// What the tool tells of a run.
  associatedtype Numbers: Sendable

  /// The value at percentile `p` of a sample that ascends; nil where the tool tells none.
  static func percentile(_ p: Double, of sorted: [Double]) -> Double?

  /// The numbers of `records`, in whatever order they come. Nothing but the records decides them.
  ///
  /// - Throws: when values that were put into a temporary file cannot be read back.
  static func numbers(of records: some Sequence<RequestRecord>) throws -> Numbers
}
