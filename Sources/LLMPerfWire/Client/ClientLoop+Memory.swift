import LLMPerf

/// What bodies of responses take of memory.
extension ClientLoop {
  /// Bytes that the bodies of all responses under way share in memory, whatever their number.
  private static let bodyMemory = 32 << 20
  /// A smaller part of a body is not worth a write.
  private static let smallestPart = 1 << 10

  /// What one response may take of the memory for bodies.
  private var fairPart: Int {
    max(Self.smallestPart, Self.bodyMemory / options.loops / max(1, inFlight, places?.first ?? 0))
  }

  /// Room for one response's part. What comes with the read that fills it must fit too, or the room would be doubled.
  var bodyRoom: Int { fairPart + 512 }

  /// Moves what has come of a response out of memory when it takes its part of what there is.
  func limitMemory(of channel: Channel) {
    let part = fairPart
    let count = channel.connection.exchange.body.count
    // Between two events, so that the end marker of a stream is not cut; other bodies may have no lines.
    guard count >= part, channel.connection.exchange.body.last == 0x0A || count >= 4 * part else { return }
    finished?.spill.moveOut(&channel.connection.exchange)
    channel.connection.exchange.body.reserveCapacity(bodyRoom)
  }
}
