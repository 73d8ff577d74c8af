import LLMPerf

/// What the simulator wrote down of the requests it answered, by the number in a response's id.
struct TruthTable {
  /// The server's own stamps of one answer, in nanoseconds of its clock.
  struct Row: Hashable {
    var arrivedAt: Int64
    var firstTokenAt: Int64
    var lastTokenAt: Int64

    var timeToFirstToken: Double { Double(firstTokenAt - arrivedAt) / 1e9 }
    /// From the first token to the last.
    var span: Double { Double(lastTokenAt - firstTokenAt) / 1e9 }
  }

  private(set) var rows: [Int: Row] = [:]

  /// Reads the CSV of `/__truth`. Rows that are not understood, and answers without a token, are left out.
  init(csv: [UInt8]) {
    var lines = csv.split(separator: 0x0A).makeIterator()
    let names = lines.next().map { Self.fields($0) } ?? []
    guard let id = names.firstIndex(of: "id"), let arrival = names.firstIndex(of: "arrival_ns"),
      let first = names.firstIndex(of: "first_token_ns"), let last = names.firstIndex(of: "last_token_ns")
    else { return }
    while let line = lines.next() {
      let fields = Self.fields(line)
      guard fields.count == names.count, let number = Int(fields[id]), let arrivedAt = Int64(fields[arrival]),
        let firstTokenAt = Int64(fields[first]), let lastTokenAt = Int64(fields[last]), lastTokenAt > 0
      else { continue }
      rows[number] = Row(arrivedAt: arrivedAt, firstTokenAt: firstTokenAt, lastTokenAt: lastTokenAt)
    }
  }

  /// The number in the id of a response of the simulator; nil when there is none.
  static func number(inResponse body: some Collection<UInt8>) -> Int? {
    guard let id = body.firstRange(of: Array("chatcmpl-sim-".utf8)) else { return nil }
    return Int(String(decoding: body[id.upperBound...].prefix(12), as: UTF8.self))
  }

  private static func fields(_ line: some Sequence<UInt8>) -> [Substring] {
    String(decoding: Array(line), as: UTF8.self).split(separator: ",", omittingEmptySubsequences: false)
  }
}
