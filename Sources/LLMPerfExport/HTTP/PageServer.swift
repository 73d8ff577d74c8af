import CLLMPerfWire
import Glibc
import LLMPerf
import LLMPerfWire
import Synchronization

/// Serves a few pages to a few visitors: a scraper, a browser. One thread, all of it off the measurement's way.
package final class PageServer: Sendable {
  /// The port that it listens on.
  package let port: UInt16

  private struct Shared {
    var events: [[UInt8]] = []
    var isStopping = false
  }

  private let shared = Mutex(Shared())
  private let waker = Mutex<Waker?>(nil)
  private let thread = Mutex<WorkerThread?>(nil)

  /// A server on `address`, a numeric one, that answers each request by `respond` on its own thread.
  ///
  /// - Parameter port: 0 takes a free one.
  /// - Throws: `UsageError` when the address cannot be used.
  package init(
    address: String, port wanted: UInt16, mostBody: Int = 64 << 10,
    respond: @escaping @Sendable (PageRequest) -> PageResponse
  ) throws {
    let listener = lw_listen(address, wanted, 64, false)
    guard listener >= 0 else {
      throw UsageError("port \(wanted) of \(address) cannot be used: \(String(cString: strerror(-listener)))")
    }
    port = UInt16(truncatingIfNeeded: lw_local_port(listener))
    do {
      let worker = try WorkerThread("pages") { [self] in serve(listener, mostBody, respond) }
      thread.withLock { $0 = worker }
    } catch {
      lw_close(listener)
      throw error
    }
  }

  /// Sends `bytes` to every visitor whose response is a stream.
  package func broadcast(_ bytes: [UInt8]) {
    shared.withLock { $0.events.append(bytes) }
    waker.withLock { $0?.signal() }
  }

  /// Ends the streams, closes the port and waits for the thread.
  package func stop() {
    shared.withLock { $0.isStopping = true }
    waker.withLock { $0?.signal() }
    thread.withLock { thread in
      defer { thread = nil }
      return thread
    }?.join()
  }

  private func serve(_ listener: Int32, _ mostBody: Int, _ respond: (PageRequest) -> PageResponse) {
    defer { lw_close(listener) }
    guard var poller = try? Poller(capacity: 64) else { return }
    let own = poller.waker
    waker.withLock { $0 = own }
    guard (try? poller.add(listener, for: .readable, token: UInt64(listener))) != nil else { return }
    var visitors: [Int32: PageVisitor] = [:]
    while true {
      let (events, isStopping) = shared.withLock { shared in
        defer { shared.events = [] }
        return (shared.events, shared.isStopping)
      }
      for visitor in visitors.values where visitor.isStreaming { events.forEach { visitor.send($0) } }
      if isStopping {
        visitors.values.forEach { $0.flush() }
        return
      }
      var ready: [(Int32, Poller.Readiness)] = []
      guard (try? poller.wait(nanoseconds: 1_000_000_000) { ready.append((Int32($0), $1)) }) != nil else { return }
      for (descriptor, readiness) in ready {
        if descriptor == listener {
          let accepted = lw_accept(listener, false)
          guard accepted >= 0 else { continue }
          let visitor = PageVisitor(accepted, mostBody: mostBody)
          guard visitors.count < 256, (try? poller.add(accepted, for: .readable, token: UInt64(accepted))) != nil
          else { continue }
          visitors[accepted] = visitor
        } else if let visitor = visitors[descriptor], readiness != .writable {
          visitor.receive(respond)
        }
      }
      for (descriptor, visitor) in visitors {
        visitor.flush()
        if visitor.isGone {
          visitors[descriptor] = nil
        } else if visitor.wantsChange {
          try? poller.change(
            descriptor, to: visitor.hasMore ? [.readable, .writable] : .readable, token: UInt64(descriptor))
        }
      }
    }
  }
}
