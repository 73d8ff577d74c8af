import LLMPerf

/// A stream of server-sent events that repeats a question: what is new? Events come at fixed instants from the first.
package final class EventFeed: ResponseStream {
  private let interval: Int64
  private let makeEvent: () -> [UInt8]?
  private var due: Int64?

  /// A feed that asks `makeEvent` for the data of an event at once and then every `interval`. Empty data sends a comment,
  /// which keeps the connection alive; nil ends the stream.
  package init(every interval: Duration, _ makeEvent: @escaping () -> [UInt8]?) {
    self.interval = max(1_000_000, interval.wholeNanoseconds)
    self.makeEvent = makeEvent
  }

  package func advance(_ writer: inout ResponseWriter, at now: Int64) -> StreamStep {
    if due == nil {
      writer.beginBody(
        contentType: "text/event-stream; charset=utf-8", headers: [.init("Cache-Control", "no-cache")])
    }
    guard let data = makeEvent() else { return .finished }
    writer.write(data.isEmpty ? Array(":\n\n".utf8) : EventFeed.event(data))
    // An instant that was missed is left out: a feed shows the present.
    var next = (due ?? now) + interval
    if next < now { next += (now - next) / interval * interval }
    due = next
    return .at(next)
  }

  private static func event(_ data: [UInt8]) -> [UInt8] {
    var event: [UInt8] = []
    for line in data.split(separator: 0x0A, omittingEmptySubsequences: false) {
      event.append(contentsOf: "data: ".utf8)
      event.append(contentsOf: line)
      event.append(0x0A)
    }
    event.append(0x0A)
    return event
  }
}
