import Glibc
import LLMPerf

/// Frames to and from a plugin's process, with a limit to every wait.
///
/// An order is two lengths (32 bits each, little-endian), so many bytes of JSON, and so many bytes that the JSON describes.
/// An answer is one length, a letter, and JSON: `P` for a part, `R` for the last one, `E` for an error.
struct PluginLink: Sendable {
  /// A part of an answer.
  struct Answer: Sendable {
    /// JSON.
    let body: [UInt8]
    /// Whether no more parts follow.
    let isLast: Bool
  }

  private let process: PythonProcess
  private let name: String
  private let answerLimit: Duration
  private var lines: PrintedLines
  private var hasPrints = true
  private var received: [UInt8] = []
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// Why nothing works any more.
  private var failure: UsageError?

  private static let headerSize = 5
  private static let largestAnswer = 1 << 30
  /// How often the process is looked at while it is silent: when what it started holds its socket open, its end shows in
  /// no other way.
  private static let look: Duration = .milliseconds(100)

  init(_ process: PythonProcess, _ launch: PluginWorker.Launch) {
    self.process = process
    name = launch.name
    answerLimit = launch.plugins.answerLimit
    lines = PrintedLines(name: launch.name, print: launch.plugins.print)
  }

  /// Sends an order, and what it describes.
  mutating func send(_ order: [UInt8], attached: [UInt8] = [], of function: String) throws {
    try check()
    let lengths = UInt64(attached.count) << 32 | UInt64(order.count)
    try send(((0..<8).map { UInt8(truncatingIfNeeded: lengths >> (8 * $0)) } + order)[...], of: function)
    try send(attached[...], of: function)
  }

  private mutating func send(_ bytes: ArraySlice<UInt8>, of function: String) throws {
    var rest = bytes
    let deadline = ContinuousClock.now + answerLimit
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { bytes in
        Glibc.send(process.socket, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL))
      }
      if count >= 0 {
        rest = rest.dropFirst(count)
      } else if errno == EAGAIN {
        try wait(for: POLLOUT, until: deadline, of: function, limit: answerLimit)
      } else if errno != EINTR {
        throw fail(ended(in: function))
      }
    }
  }

  /// Waits for a part of the answer.
  ///
  /// - Throws: `UsageError` with the plugin's error, after which the link still works; or with what ended it.
  mutating func receive(of function: String, within limit: Duration? = nil) throws -> Answer {
    try check()
    let limit = limit ?? answerLimit
    let deadline = ContinuousClock.now + limit
    while true {
      if let (letter, body) = try takeFrame() {
        readPrints()
        switch letter {
        case UInt8(ascii: "P"): return Answer(body: body, isLast: false)
        case UInt8(ascii: "R"): return Answer(body: body, isLast: true)
        case UInt8(ascii: "E"): throw PluginFault(body).error(name)
        default: throw fail(nonsense())
        }
      }
      let count = buffer.withUnsafeMutableBytes { recv(process.socket, $0.baseAddress, $0.count, 0) }
      if count > 0 {
        received += buffer[..<count]
      } else if count == 0 || errno != EAGAIN && errno != EINTR {
        throw fail(ended(in: function))
      } else {
        try wait(for: POLLIN, until: deadline, of: function, limit: limit)
      }
    }
  }

  /// Passes on what the process printed to its end.
  mutating func finishPrints() {
    readPrints()
    lines.finish()
  }

  private func check() throws {
    if let failure { throw failure }
  }

  /// Takes a whole frame from what was received.
  private mutating func takeFrame() throws -> (letter: UInt8, body: [UInt8])? {
    guard received.count >= Self.headerSize else { return nil }
    let length = (0..<4).reduce(0) { $0 | Int(received[$1]) << (8 * $1) }
    guard length <= Self.largestAnswer else { throw fail(nonsense()) }
    let end = Self.headerSize + length
    guard received.count >= end else { return nil }
    let body = Array(received[Self.headerSize..<end])
    let letter = received[4]
    received.removeSubrange(..<end)
    return (letter, body)
  }

  /// Waits until the socket is ready, passing on what the plugin prints.
  private mutating func wait(
    for events: Int32, until deadline: ContinuousClock.Instant, of function: String, limit: Duration
  ) throws {
    let left = ContinuousClock.now.duration(to: deadline)
    guard left > .zero else {
      process.stop()
      throw fail(UsageError("\(name): \(function) gave no answer for \(limit.inSeconds)"))
    }
    var descriptors = [
      pollfd(fd: process.socket, events: Int16(events), revents: 0),
      pollfd(fd: hasPrints ? process.prints : -1, events: Int16(POLLIN), revents: 0),
    ]
    let milliseconds = Int32(min(left, Self.look) / .milliseconds(1)) + 1
    let ready = poll(&descriptors, 2, milliseconds)
    if ready > 0, descriptors[1].revents != 0 { readPrints() }
    guard ready == 0, process.exitStatus() != nil else { return }
    var byte: UInt8 = 0
    if recv(process.socket, &byte, 1, Int32(MSG_PEEK)) <= 0 { throw fail(ended(in: function)) }
  }

  private mutating func readPrints() {
    while hasPrints {
      let count = buffer.withUnsafeMutableBytes { read(process.prints, $0.baseAddress, $0.count) }
      if count > 0 {
        lines.append(buffer[..<count])
      } else if count == 0 || errno != EAGAIN && errno != EINTR {
        hasPrints = false
      } else if errno == EAGAIN {
        return
      }
    }
  }

  /// Remembers what ended the exchange: every later call fails for the same reason.
  private mutating func fail(_ error: UsageError) -> UsageError {
    failure = error
    return error
  }

  private mutating func ended(in function: String) -> UsageError {
    // The socket may be shut before the process is gone; what shut it by mistake is ended.
    process.end()
    finishPrints()
    let status = process.exitStatus().map { " (\($0))" } ?? ""
    let words = lines.last.isEmpty ? "" : "; the last it printed:\n" + lines.last.joined(separator: "\n")
    return UsageError("\(name): the Python process ended in \(function)\(status)\(words)")
  }

  private func nonsense() -> UsageError {
    process.stop()
    return UsageError(
      "\(name): the Python process sent what is no answer; descriptor 3 belongs to the tool, a plugin must not write to it"
    )
  }
}

/// An error that the plugin's process reports.
struct PluginFault {
  private let message: String
  private let traceback: String?

  init(_ body: some Sequence<UInt8>) {
    let json = try? JSON(parsing: body)
    message = json?["message"]?.stringValue ?? String(decoding: Array(body), as: UTF8.self)
    traceback = json?["traceback"]?.stringValue
  }

  func error(_ name: String) -> UsageError {
    UsageError("\(name): \(message)" + (traceback.map { "\n\($0)" } ?? ""))
  }
}

extension Duration {
  /// The time as `30 s` or `0.5 s`.
  fileprivate var inSeconds: String {
    let seconds = self / .seconds(1)
    return seconds == seconds.rounded() ? "\(Int(seconds)) s" : "\(seconds) s"
  }
}
