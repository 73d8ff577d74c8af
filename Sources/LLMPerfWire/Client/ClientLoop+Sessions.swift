import LLMPerf

/// How sessions go on: who has read an answer hands over the turn that follows it.
extension ClientLoop {
  /// A connection that was idle for longer gives its socket back: servers close them at about this time.
  private static let longestIdle = Duration.seconds(5)

  /// Tells a request that may be followed by another where that one is sent.
  func atHome(_ request: ScheduledRequest, _ channel: Channel) -> ScheduledRequest {
    guard request.mayGoOn else { return request }
    var request = request
    request.home = .init(turns: laterTurns, place: places == nil ? nil : channel.index)
    return request
  }

  /// Notes that the answer to `request` has come. Returns whether its place stays taken until its session says whether it goes
  /// on.
  func awaitSession(of request: ScheduledRequest) -> Bool {
    guard request.mayGoOn else { return false }
    openSessions += 1
    return request.home?.place != nil
  }

  /// Sends the next turn of a session when it is due, or frees the place of one that is over; false when there is neither.
  func goOnWithSession() -> Bool {
    guard openSessions > 0, inFlight < maxInFlight else { return false }
    switch laterTurns.take(at: now) {
    case .send(let request, let dueAt, let place):
      openSessions -= 1
      let channel = place.map { channels[$0] } ?? takeChannel()
      if channel.connection.state == .idle, now - channel.connection.lastActivity > Self.longestIdle {
        perform(channel.connection.end(at: now, reset: false), on: channel)
      }
      begin(FinishedExchange(request: request, dueAt: dueAt), on: channel)
      return true
    case .over(let place, let since):
      openSessions -= 1
      if let place { release(channels[place], since: since) }
      return true
    case .notBefore(let dueAt):
      nextDue = min(nextDue ?? dueAt, dueAt)
      return false
    case .wait: return false
    }
  }
}
