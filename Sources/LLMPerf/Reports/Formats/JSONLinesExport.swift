/// Requests as JSON lines: an object each, with the columns of the CSV; what a request has not got is null.
public enum JSONLinesExport {
  /// Writes one line for each request, while they are read.
  public static func write(_ rows: some Sequence<ReportRow>, to output: @escaping ByteOutput) throws {
    let columns = ReportColumn.all()
    var buffer = BufferedOutput(output)
    for row in rows {
      JSON.object(columns.map { JSON.Member($0.name, $0.value(row)) }).write(to: &buffer.bytes)
      buffer.append("\n")
      try buffer.flushIfLarge()
    }
    try buffer.flush()
  }

  /// The run's numbers: an object each with its name, statistic, value and unit.
  public static func summary(_ summary: RunSummary) -> [UInt8] {
    var bytes: [UInt8] = []
    for figure in SummaryFigure.all(of: summary) {
      let line: JSON = [
        "metric": .string(figure.metric.name), "statistic": .string(figure.statistic), "value": .double(figure.value),
        "unit": .string(figure.unitName),
      ]
      line.write(to: &bytes)
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }
}
