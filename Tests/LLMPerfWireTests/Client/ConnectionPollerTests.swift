import CLLMPerfWire
import Glibc
import Testing

@testable import LLMPerfWire

struct ConnectionPollerTests {
  /// A connection over one end of a socket pair, whose other end has sent something; the other end.
  private func readyConnection(_ index: Int, in poller: ConnectionPoller) throws -> (Connection, peer: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0, &ends) == 0)
    let connection = Connection(index: index)
    connection.open(ends[0])
    try poller.add(connection)
    poller.update(connection)
    #expect(write(ends[1], "x", 1) == 1)
    return (connection, ends[1])
  }

  @Test
  func `an urgent connection waits for no more than one round, however many others are ready`() throws {
    let poller = try ConnectionPoller()
    let others = try (0..<300).map { try readyConnection($0, in: poller) }
    for (connection, _) in others { try poller.set(connection, urgent: false) }
    let (urgent, peer) = try readyConnection(300, in: poller)
    defer {
      for (connection, peer) in others + [(urgent, peer)] {
        connection.close()
        close(peer)
      }
    }
    var rounds: [Set<UInt64>] = []
    for _ in 0..<2 {
      var seen: Set<UInt64> = []
      #expect(try poller.wait(nanoseconds: 0) { token, _ in seen.insert(token) } >= seen.count)
      rounds.append(seen)
    }
    #expect(rounds.contains { $0.contains(urgent.token) })
    #expect(rounds.allSatisfy { $0.count <= 65 })
  }

  @Test
  func `every connection is seen in its turn, and a removed one no more`() throws {
    let poller = try ConnectionPoller()
    let all = try (0..<200).map { try readyConnection($0, in: poller) }
    for (connection, _) in all where connection.index % 2 == 0 { try poller.set(connection, urgent: false) }
    all[0].0.close()
    defer {
      for (connection, peer) in all {
        connection.close()
        close(peer)
      }
    }
    var seen: Set<UInt64> = []
    for _ in 0..<5 { try poller.wait(nanoseconds: 0) { token, _ in seen.insert(token) } }
    #expect(seen == Set(all.dropFirst().map(\.0.token)))
  }
}
