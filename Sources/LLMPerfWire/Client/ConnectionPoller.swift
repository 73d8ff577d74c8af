internal import CLLMPerfWire
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
  private(set) var hasMore = false
  private var looks = SocketLooks()
  /// When the sockets that are being handed out were found empty, on the monotonic clock: what lies in them came later.
  private(set) var emptyAt: Int64 = 0

  /// Connections that are handled at most before the urgent ones are looked at again.
  static let mostAtOnce = 64
  /// Names `urgent` in `calm`.
  private static let urgentToken = UInt64.max - 1

  /// A poller without connections.
  ///
  /// - Throws: `SystemError` when the kernel refuses.
  init() throws {
    urgent = try Poller()
    calm = try Poller()
    try calm.add(urgent.descriptor, for: .readable, token: Self.urgentToken)
  }

  /// What `wait` waits for.
  var descriptor: Int32 { calm.descriptor }

  /// Wakes `wait` from any thread.
  var waker: Waker { calm.waker }

  /// Whether the system tells how long the thread waits for a processor, without which `emptyAt` is further back.
  var knowsRunDelay: Bool { looks.knowsRunDelay }

  /// What a segment may have been on its way between its stamp and its socket, as far as the loop's own waits tell.
  var crowding: Int64 { looks.crowding }

  /// Watches a connection that is about to be made.
  func add(_ channel: Channel) throws {
    channel.isUrgent = true
    try urgent.add(channel.socket.descriptor, for: .writable, token: channel.token)
  }

  /// Watches a connection for something to read, and for room to write where it waits for that.
  func update(_ channel: Channel) {
    if channel.isUrgent {
      try? urgent.change(channel.socket.descriptor, to: channel.awaitedReadiness, token: channel.token)
    } else {
      try? calm.change(channel.socket.descriptor, to: channel.awaitedReadiness, token: channel.token)
    }
  }

  /// Puts a connection into the urgent class or out of it.
  ///
  /// - Throws: `SystemError` when the kernel refuses; the connection is not watched then.
  func set(_ channel: Channel, urgent isUrgent: Bool) throws {
    guard channel.isUrgent != isUrgent else { return }
    channel.isUrgent = isUrgent
    if isUrgent {
      calm.remove(channel.socket.descriptor)
      try urgent.add(channel.socket.descriptor, for: channel.awaitedReadiness, token: channel.token)
    } else {
      urgent.remove(channel.socket.descriptor)
      try calm.add(channel.socket.descriptor, for: channel.awaitedReadiness, token: channel.token)
    }
  }

  /// Waits for events and hands each to `body`: the urgent class first and again between every few of the other. Returns
  /// their number.
  ///
  /// - Parameter awaitsFirst: Whether first tokens are awaited, so that it matters when sockets were empty.
  @discardableResult
  func wait(
    nanoseconds timeout: Int64, awaitsFirst: Bool = false,
    _ body: (_ token: UInt64, _ readiness: Poller.Readiness) -> Void
  ) throws -> Int {
    looks.begin(mattersWhetherItSleeps: awaitsFirst && timeout > 0)
    let count = try calm.look(nanoseconds: timeout)
    looks.end()
    hasMore = count == calm.capacity
    var handled = 0
    let isUrgentReady = (0..<count).contains { calm.token($0) == Self.urgentToken }
    if isUrgentReady { handled += try lookAtUrgent(body) } else if !hasMore { looks.keepUrgent() }
    emptyAt = looks.calmEmptyAt
    var sinceUrgent = 0
    for position in 0..<count {
      if sinceUrgent == Self.mostAtOnce {
        handled += try lookAtUrgent(body)
        emptyAt = looks.calmEmptyAt
        sinceUrgent = 0
      }
      guard calm.token(position) != Self.urgentToken else { continue }
      if calm.handOut(position, body) {
        handled += 1
        sinceUrgent += 1
      }
    }
    if !hasMore { looks.keepCalm() }
    return handled
  }

  /// Hands out what is ready of the urgent class now.
  private func lookAtUrgent(_ body: (_ token: UInt64, _ readiness: Poller.Readiness) -> Void) throws -> Int {
    emptyAt = looks.urgentEmptyAt
    let at = lw_monotonic()
    let count = try urgent.look(nanoseconds: 0)
    for position in 0..<count { _ = urgent.handOut(position, body) }
    if count < urgent.capacity { looks.keepUrgent(at) }
    return count
  }
}
