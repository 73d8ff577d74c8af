import CLLMPerfWire
import Glibc
import Testing

@testable import LLMPerfWire

struct ConnectionPollerTests {
  /// A channel over one end of a socket pair, whose other end has sent something; the other end.
  private func readyChannel(_ index: Int, in poller: ConnectionPoller) throws -> (Channel, peer: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
    let channel = Channel(index: index)
    channel.open(StreamSocket(ends[0]))
    try poller.add(channel)
    channel.watchesWrites = false
    poller.update(channel)
    #expect(write(ends[1], "x", 1) == 1)
    return (channel, ends[1])
  }

  @Test
  func `an urgent connection waits for no more than a few others, however many are ready`() throws {
    let poller = try ConnectionPoller()
    let others = try (0..<300).map { try readyChannel($0, in: poller) }
    for (channel, _) in others { try poller.set(channel, urgent: false) }
    let (urgent, peer) = try readyChannel(300, in: poller)
    defer {
      for (channel, peer) in others + [(urgent, peer)] {
        channel.close()
        close(peer)
      }
    }
    var order: [UInt64] = []
    #expect(try poller.wait(nanoseconds: 0) { token, _ in order.append(token) } == order.count)
    #expect(order.first == urgent.token)
    let places = order.indices.filter { order[$0] == urgent.token }
    // It is left unread, so it is ready at each of the looks between the others.
    #expect(zip(places, places.dropFirst()).allSatisfy { $1 - $0 <= ConnectionPoller.mostAtOnce + 1 })
    #expect(Set(order) == Set((others.map(\.0) + [urgent]).map(\.token)))
    #expect(!poller.hasMore)
  }

  @Test
  func `a look that was full says that there may be more`() throws {
    let poller = try ConnectionPoller()
    let all = try (0..<600).map { try readyChannel($0, in: poller) }
    for (channel, _) in all { try poller.set(channel, urgent: false) }
    defer {
      for (channel, peer) in all {
        channel.close()
        close(peer)
      }
    }
    var seen: Set<UInt64> = []
    try poller.wait(nanoseconds: 0) { token, _ in seen.insert(token) }
    #expect(poller.hasMore)
    #expect(seen.count == 512)
    try poller.wait(nanoseconds: 0) { token, _ in seen.insert(token) }
    #expect(seen.count == 600)
  }

  @Test
  func `what is handed out came after the look that did not show it`() throws {
    let poller = try ConnectionPoller()
    let before = lw_monotonic()
    #expect(try poller.wait(nanoseconds: 0) { _, _ in } == 0)
    let (first, firstPeer) = try readyChannel(0, in: poller)
    let (second, secondPeer) = try readyChannel(1, in: poller)
    try poller.set(second, urgent: false)
    defer {
      for channel in [first, second] { channel.close() }
      for peer in [firstPeer, secondPeer] { close(peer) }
    }
    let after = lw_monotonic()
    var emptyAt: [Int64] = []
    try poller.wait(nanoseconds: 1_000_000, awaitsFirst: true) { _, _ in emptyAt.append(poller.emptyAt) }
    #expect(emptyAt.count == 2)
    #expect(emptyAt.allSatisfy { before...after ~= $0 })
  }

  @Test
  func `every connection is seen in its turn, and a removed one no more`() throws {
    let poller = try ConnectionPoller()
    let all = try (0..<200).map { try readyChannel($0, in: poller) }
    for (channel, _) in all where channel.index % 2 == 0 { try poller.set(channel, urgent: false) }
    all[0].0.close()
    defer {
      for (channel, peer) in all {
        channel.close()
        close(peer)
      }
    }
    var seen: Set<UInt64> = []
    for _ in 0..<5 { try poller.wait(nanoseconds: 0) { token, _ in seen.insert(token) } }
    #expect(seen == Set(all.dropFirst().map(\.0.token)))
  }
}
