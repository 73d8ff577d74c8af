import LLMPerf

/// Watches a loop's connections in two classes: those that must not wait behind others, because they are being made or
/// their first token has not come, and the rest.
///
/// A socket keeps one stamp for what lies in it unread, that of the last segment. Under a load that the loop cannot keep up
/// with, a first token that waited its turn would be stamped as late as what came after it. So however many streams are
/// ready, the urgent ones are looked at between every few of them.
final class ConnectionPoller {
  private let urgent: Poller
  /// Watches the others, and `urgent` itself.
  private let calm: Poller
  /// Whether the last look may have left some ready ones for the next.
  private var hasMore = false

  /// Connections that are handled at most before the urgent ones are looked at again.
  private static let mostAtOnce = 64
  /// Names `urgent` in `calm`.
  private static let urgentToken = UInt64.max - 1

  /// A poller without connections.
  ///
  /// - Throws: `SystemError` when the kernel refuses.
  init() throws {
    urgent = try Poller()
    calm = try Poller(capacity: Self.mostAtOnce)
    try calm.add(urgent.descriptor, for: .readable, token: Self.urgentToken)
  }

  /// What `wait` waits for.
  var descriptor: Int32 { calm.descriptor }

  /// Wakes `wait` from any thread.
  var waker: Waker { calm.waker }

  /// Watches a connection that is about to be made.
  func add(_ connection: Connection) throws {
    connection.isUrgent = true
    try urgent.add(connection.descriptor, for: .writable, token: connection.token)
  }

  /// Watches a connection for something to read, and for room to write where it waits for that.
  func update(_ connection: Connection) {
    if connection.isUrgent {
      try? urgent.change(connection.descriptor, to: connection.awaitedReadiness, token: connection.token)
    } else {
      try? calm.change(connection.descriptor, to: connection.awaitedReadiness, token: connection.token)
    }
  }

  /// Puts a connection into the urgent class or out of it.
  ///
  /// - Throws: `SystemError` when the kernel refuses; the connection is not watched then.
  func set(_ connection: Connection, urgent isUrgent: Bool) throws {
    guard connection.isUrgent != isUrgent else { return }
    connection.isUrgent = isUrgent
    if isUrgent {
      calm.remove(connection.descriptor)
      try urgent.add(connection.descriptor, for: connection.awaitedReadiness, token: connection.token)
    } else {
      urgent.remove(connection.descriptor)
      try calm.add(connection.descriptor, for: connection.awaitedReadiness, token: connection.token)
    }
  }

  /// Waits for events and hands each to `body`: all of the urgent class, some of the other. Returns their number.
  @discardableResult
  func wait(nanoseconds timeout: Int64, _ body: (_ token: UInt64, _ readiness: Poller.Readiness) -> Void) throws -> Int
  {
    var ready = hasMore ? try urgent.wait(nanoseconds: 0, body) : 0
    var isUrgentReady = false
    let others = try calm.wait(nanoseconds: ready > 0 ? 0 : timeout) { token, readiness in
      if token == Self.urgentToken { isUrgentReady = true } else { body(token, readiness) }
    }
    // A wake-up takes a place too.
    hasMore = others >= Self.mostAtOnce - 1
    ready += others
    if isUrgentReady { ready += try urgent.wait(nanoseconds: 0, body) - 1 }
    return ready
  }
}
