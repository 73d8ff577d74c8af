import LLMPerf

/// Requests that are due, given to channels.
extension ClientLoop {
  /// Requests that one turn sends at most: a burst must not delay the reading of the first answers to it, since what
  /// comes together in one read has one stamp.
  private static let mostSendsPerTurn = 32
  /// How long sending waits for a recorder that is far behind before it looks again.
  private static let recorderPause = Duration.milliseconds(1)

  var maySend: Bool {
    if control.isStopped || isCut { return false }
    guard let duration = options.duration else { return true }
    return now < RunInstant.start + duration
  }

  /// Sends what is due and has a place; a part of it when it is much, so that reading is not kept waiting.
  func dispatch(_ requests: RequestQueue) {
    keepPlaces()
    hasMoreToSend = false
    pausedUntil = nil
    guard !isSourceDry || openSessions > 0, maySend else { return }
    if finished?.isCongested == true {
      pausedUntil = now + Self.recorderPause
      return
    }
    let waker = poller.waker
    for _ in 0..<Self.mostSendsPerTurn {
      if goOnWithSession() { continue }
      guard !isSourceDry, inFlight < maxInFlight, places == nil || !free.isEmpty else { return }
      switch requests.take(at: now, loop: number, wake: { waker.signal() }) {
      case .send(var request, let dueAt):
        let channel = takeChannel()
        let dueAt = dueAt ?? channel.freeSince
        if let stage = places?.concurrency.stage(at: dueAt) { request.origin.stage = stage }
        begin(FinishedExchange(request: atHome(request, channel), dueAt: dueAt), on: channel)
      case .notBefore(let dueAt):
        nextDue = min(nextDue ?? dueAt, dueAt)
        return
      case .wait: return
      case .finished:
        isSourceDry = true
        return
      }
    }
    hasMoreToSend = true
  }

  func takeChannel() -> Channel {
    free.popLast().map { channels[$0] } ?? makeChannel()
  }

  func begin(_ exchange: FinishedExchange, on channel: Channel) {
    inFlight += 1
    observation.peakInFlight = max(observation.peakInFlight, inFlight)
    perform(channel.connection.begin(exchange), on: channel)
    arm(channel)
  }
}
