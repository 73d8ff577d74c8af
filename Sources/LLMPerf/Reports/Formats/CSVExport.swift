/// Requests and numbers as comma-separated values (RFC 4180): a head line, lines end in CRLF, a missing value is empty.
public enum CSVExport {
  /// Writes one line for each request, while they are read.
  public static func write(_ rows: some Sequence<ReportRow>, to output: @escaping ByteOutput) throws {
    let columns = ReportColumn.all()
    var buffer = BufferedOutput(output)
    appendLine(columns.map { .string($0.name) }, to: &buffer)
    for row in rows {
      appendLine(columns.map { $0.value(row) }, to: &buffer)
      try buffer.flushIfLarge()
    }
    try buffer.flush()
  }

  /// The run's numbers: a line each with its name, statistic, value and unit. Those that the run has not are left out.
  public static func summary(_ summary: RunSummary) -> [UInt8] {
    var buffer = BufferedOutput { _ in }
    appendLine(["metric", "statistic", "value", "unit"], to: &buffer)
    for figure in SummaryFigure.all(of: summary) {
      let line: [JSON] = [
        .string(figure.metric.name), .string(figure.statistic), .double(figure.value), .string(figure.unitName),
      ]
      appendLine(line, to: &buffer)
    }
    return buffer.bytes
  }

  private static func appendLine(_ fields: [JSON], to buffer: inout BufferedOutput) {
    for (position, field) in fields.enumerated() {
      if position > 0 { buffer.bytes.append(UInt8(ascii: ",")) }
      switch field {
      case .null: break
      case .string(let text): appendText(text, to: &buffer)
      default: field.write(to: &buffer.bytes)
      }
    }
    buffer.append("\r\n")
  }

  /// Whether a spreadsheet would run the text instead of showing it, which a service's error message must not bring about:
  /// one that begins with = + - @ or their wide forms, a tab or a line break. Blanks and invisible scalars in front of
  /// them are skipped by some; a combining mark behind makes another character of them, and still a formula.
  private static func isFormula(_ text: String) -> Bool {
    let first = text.unicodeScalars.first { !$0.isSkippedBySpreadsheets }
    let marks: [Unicode.Scalar] = ["=", "+", "-", "@", "\u{FF1D}", "\u{FF0B}", "\u{FF0D}", "\u{FF20}"]
    return first.map(marks.contains) ?? false
      || text.unicodeScalars.first.map { ["\t", "\r", "\n"].contains($0) } ?? false
  }

  private static func appendText(_ text: String, to buffer: inout BufferedOutput) {
    let text = isFormula(text) ? "'" + text : text
    guard text.utf8.contains(where: { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }) else {
      return buffer.append(text)
    }
    buffer.append("\"")
    for byte in text.utf8 {
      buffer.bytes.append(byte)
      if byte == UInt8(ascii: "\"") { buffer.bytes.append(byte) }
    }
    buffer.append("\"")
  }
}

extension Unicode.Scalar {
  /// Whether it is invisible, or stands for another character in front of it.
  fileprivate var isSkippedBySpreadsheets: Bool {
    isObeyed || properties.isWhitespace || properties.isDefaultIgnorableCodePoint
      || [.nonspacingMark, .enclosingMark, .spacingMark].contains(properties.generalCategory)
  }
}
