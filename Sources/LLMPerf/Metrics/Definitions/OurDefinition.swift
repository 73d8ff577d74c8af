/// This tool's own definition: the formulas of `RequestRecord`, percentiles by nearest rank.
public enum OurDefinition: ToolDefinition {
  /// `sorted[ceil(p/100 · n) − 1]`: a value of the sample, never interpolated; nil of an empty one, and where it falls on a
  /// failure, which stands as +∞.
  public static func percentile(_ p: Double, of sorted: [Double]) -> Double? {
    Distribution(sorted: sorted).percentile(p)
  }

  /// The numbers of `records` as those of a closed loop without objectives.
  public static func numbers(of records: some Sequence<RequestRecord>) throws -> RunSummary {
    try numbers(of: records, objectives: [], SummaryOptions())
  }

  /// The numbers of `records`, judged by `objectives`.
  public static func numbers(
    of records: some Sequence<RequestRecord>, objectives: [ServiceLevelObjective], _ options: SummaryOptions
  ) throws -> RunSummary {
    let builder = SummaryBuilder(objectives: objectives)
    for record in records { builder.receive([record]) }
    return try builder.summary(options)
  }
}
