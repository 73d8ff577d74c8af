import LLMPerfLock

/// Takes what has come of responses while memory has no room for it: bytes and their stamps go to temporary files. A file
/// goes when the last part that lies in it has been let go of.
package final class BodySpill: Sendable {
  /// A piece of one response in a file: bytes of the body, and the stamps of the reads that brought them.
  package struct Part: Sendable {
    fileprivate let file: SpillFile
    fileprivate let bytes: (start: Int, count: Int)
    fileprivate let arrivals: (start: Int, count: Int)
  }

  private let directory: String
  private let current = Lock<SpillFile?>(nil)
  /// A file that has grown to this takes no more, so that a long run does not hold on to what it has read again.
  private static let fileSize = 256 << 20

  /// Files below `directory`, each made when there is something to write.
  package init(directory: String) {
    self.directory = directory
  }

  /// Moves what has come of the response so far out of memory. Where no file can take it, it stays where it is.
  package func moveOut(_ exchange: inout FinishedExchange) {
    guard !exchange.body.isEmpty, let file = file(), let bytes = file.append(exchange.body),
      let arrivals = file.append(exchange.arrivals)
    else { return }
    exchange.spilled.append(
      Part(file: file, bytes: (bytes, exchange.body.count), arrivals: (arrivals, exchange.arrivals.count)))
    exchange.spilledBytes += exchange.body.count
    exchange.body = []
    exchange.arrivals = []
  }

  private func file() -> SpillFile? {
    current.withLock { current in
      if current.map({ $0.length >= Self.fileSize }) ?? true { current = SpillFile(directory: directory) }
      return current
    }
  }
}

extension FinishedExchange {
  /// The length of the body so far, wherever it lies.
  package var bodyLength: Int { spilledBytes + body.count }

  /// Lets go of the body, wherever it lies.
  package mutating func dropBody() {
    (body, arrivals, spilled, spilledBytes) = ([], [], [], 0)
  }

  /// Brings what was moved out back to memory. An exchange whose file cannot be read has failed.
  mutating func bringBack() {
    guard !spilled.isEmpty else { return }
    var whole: (body: [UInt8], arrivals: [Arrival]) = ([], [])
    // One answer may be large enough that a second copy of it matters.
    whole.body.reserveCapacity(bodyLength)
    do {
      for part in spilled {
        try part.file.read(part.bytes.count, at: part.bytes.start, into: &whole.body)
        try part.file.read(part.arrivals.count, at: part.arrivals.start, into: &whole.arrivals)
      }
      whole.body += body
      whole.arrivals += arrivals
      (body, arrivals) = whole
    } catch {
      body = []
      arrivals = []
      isComplete = false
      failure = RequestFailure(.truncated, "\(error); this is a fault of the client's machine")
    }
    spilled = []
    spilledBytes = 0
  }
}
