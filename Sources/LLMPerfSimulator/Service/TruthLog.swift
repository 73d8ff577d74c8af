import LLMPerfWire

/// What really happened to one request, for checking a client's numbers. Instants are nanoseconds of CLOCK_MONOTONIC.
struct Truth {
  /// How a request ended.
  enum Outcome: String {
    case running, completed, refused, failed
    /// The client left before the end.
    case aborted
  }

  let number: Int
  /// When its last byte lay in the socket, by the kernel.
  let arrivedAt: Int64
  let isStreaming: Bool
  let promptTokens: Int
  var status = 200
  var outcome = Outcome.running
  var fault: Fault?
  /// When it got a slot and its first token was fixed; 0 before.
  var firstDueAt: Int64 = 0
  /// Just before the write with the first token, and with the last one; 0 when there was none.
  var firstTokenAt: Int64 = 0
  var lastTokenAt: Int64 = 0
  var tokens = 0
  var events = 0
  /// The largest lateness of its writes.
  var maximumLateness: Int64 = 0

  static let header =
    "id,arrival_ns,first_due_ns,first_token_ns,last_token_ns,tokens,prompt_tokens,events,stream,status,outcome,fault,"
    + "max_late_ns\n"

  func append(to output: inout [UInt8]) {
    let digits = String(number)
    let id = String(repeating: "0", count: max(0, 12 - digits.count)) + digits
    output.append(
      contentsOf: """
        \(id),\(arrivedAt),\(firstDueAt),\(firstTokenAt),\(lastTokenAt),\(tokens),\(promptTokens),\(events),\
        \(isStreaming ? 1 : 0),\(status),\(outcome.rawValue),\(fault?.rawValue ?? ""),\(maximumLateness)\n
        """.utf8)
  }
}

/// The latest requests and what happened to them.
struct TruthLog {
  private var rows: [Truth] = []
  private let capacity: Int
  /// The number of the request that was first since the log was empty: its row is at index 0, and so is that of every
  /// `capacity`-th request after it.
  private var first = 0
  private var next = 0

  init(capacity: Int) {
    self.capacity = max(1, capacity)
  }

  /// Adds the next request. Numbers are consecutive.
  mutating func append(_ row: Truth) {
    if rows.isEmpty { first = row.number }
    next = row.number + 1
    if rows.count < capacity {
      rows.append(row)
    } else {
      rows[index(row.number)] = row
    }
  }

  /// Changes the row of a request, if it is still kept.
  mutating func update(_ number: Int, _ change: (inout Truth) -> Void) {
    guard next - rows.count..<next ~= number else { return }
    change(&rows[index(number)])
  }

  mutating func removeAll() {
    rows = []
  }

  /// The rows as CSV, oldest first.
  var csv: [UInt8] {
    var output = Array(Truth.header.utf8)
    output.reserveCapacity(rows.count * 160)
    for number in next - rows.count..<next { rows[index(number)].append(to: &output) }
    return output
  }

  private func index(_ number: Int) -> Int { (number - first) % capacity }
}
