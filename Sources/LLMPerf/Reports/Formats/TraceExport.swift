/// The requests as a trace for Perfetto or Chrome's `about:tracing`: time to the right, and a lane for each request in
/// flight. In a request lie its connecting, its wait for the first token and its decoding; failures end in a mark, those
/// too that never got a connection.
public enum TraceExport {
  /// Writes the trace (Trace Event Format, JSON object form). Rows may come in any order.
  public static func write(_ rows: [ReportRow], run: RunDescription, to output: @escaping ByteOutput) throws {
    var buffer = BufferedOutput(output)
    buffer.append(#"{"displayTimeUnit":"ms","traceEvents":["#)
    event(
      ["ph": "M", "pid": 1, "name": "process_name", "args": ["name": .string("\(run.name) · \(run.model)")]], &buffer)
    let shown = rows.filter { $0.sent != nil || $0.ended != nil }
      .sorted { ($0.start, $0.index) < ($1.start, $1.index) }
    var lanes = Lanes()
    for row in shown {
      request(row, lane: lanes.take(from: row.start, to: row.end), &buffer)
      try buffer.flushIfLarge()
    }
    try writeInFlight(shown.filter { $0.sent != nil }, &buffer)
    buffer.append("]}\n")
    try buffer.flush()
  }

  private static func request(_ row: ReportRow, lane: Int, _ buffer: inout BufferedOutput) {
    let arguments = JSON.object(
      ReportColumn.all().map { JSON.Member($0.name, $0.value(row)) }.filter { $0.value != .null })
    span("request \(row.index)", row.succeeded ? "request" : "failed", row.start, row.end, lane, arguments, &buffer)
    let sent = row.sent ?? row.start
    if let connect = row.connectTime {
      span("connect", "part", max(row.start, sent - connect), sent, lane, nil, &buffer)
    }
    if let wait = row.timeToFirstToken {
      span("first token", "part", sent, sent + wait, lane, nil, &buffer)
      if let finished = row.finished { span("decode", "part", sent + wait, finished, lane, nil, &buffer) }
    }
    if let failure = row.failure {
      event(
        [
          "ph": "i", "s": "t", "pid": 1, "tid": .int(lane), "ts": microseconds(row.end), "cat": "failed",
          "name": .string(failure.code.description), "args": ["message": .string(failure.message)],
        ], &buffer)
    }
  }

  private static func writeInFlight(_ rows: [ReportRow], _ buffer: inout BufferedOutput) throws {
    let steps = rows.map { ($0.sent ?? $0.start, 1) } + rows.map { ($0.end, -1) }
    var inFlight = 0
    for (time, step) in steps.sorted(by: <) {
      inFlight += step
      event(
        ["ph": "C", "pid": 1, "ts": microseconds(time), "name": "in flight", "args": ["requests": .int(inFlight)]],
        &buffer)
      try buffer.flushIfLarge()
    }
  }

  private static func span(
    _ name: String, _ category: String, _ start: Double, _ end: Double, _ lane: Int, _ arguments: JSON?,
    _ buffer: inout BufferedOutput
  ) {
    var members: [JSON.Member] = [
      JSON.Member("ph", "X"), JSON.Member("pid", 1), JSON.Member("tid", .int(lane)),
      JSON.Member("ts", microseconds(start)),
      JSON.Member("dur", microseconds(max(0, end - start))), JSON.Member("cat", .string(category)),
      JSON.Member("name", .string(name)),
    ]
    if let arguments { members.append(JSON.Member("args", arguments)) }
    event(.object(members), &buffer)
  }

  private static func event(_ event: JSON, _ buffer: inout BufferedOutput) {
    if buffer.bytes.last != UInt8(ascii: "[") { buffer.append(",\n") }
    event.write(to: &buffer.bytes)
  }

  private static func microseconds(_ seconds: Double) -> JSON {
    .number(NumberText.withoutTrailingZeros(NumberText.fixed(seconds * 1e6, digits: 3)))
  }

  /// Gives each request the lowest lane that is free for its whole time, so that spans of a lane never overlap.
  struct Lanes {
    private var ends: [Double] = []

    mutating func take(from start: Double, to end: Double) -> Int {
      if let free = ends.firstIndex(where: { $0 <= start }) {
        ends[free] = end
        return free + 1
      }
      ends.append(end)
      return ends.count
    }
  }
}

extension ReportRow {
  /// When the request began to take a lane: when connecting began, or when it was sent.
  fileprivate var start: Double {
    guard let sent else { return due }
    return connectTime.map { min(sent, max(due, sent - $0)) } ?? sent
  }

  fileprivate var end: Double { max(ended ?? finished ?? start, start) }
}
