import LLMPerf

/// How long each step of an exchange may take. The deadlines of a connection derive from these, and from these alone.
struct ConnectionLimits {
  /// For a connection, TLS included.
  let connectTimeout: Duration
  /// For the silence between two reads.
  let readTimeout: Duration
  /// From the first byte of a response on: then enough was seen. Nil for no such limit.
  let patience: Duration?
  /// How long the end of a body may lag behind its `[DONE]`.
  let doneLinger = Duration.seconds(1)
  /// How long an answer may keep silent to a request that could not be sent to its end.
  let unsentLinger = Duration.seconds(1)
  /// The time between two looks at how much of a long request is taken.
  let uploadLook: Duration

  init(_ options: ClientOptions) {
    connectTimeout = options.connectTimeout
    readTimeout = options.readTimeout
    patience = options.patience
    uploadLook = min(.seconds(1), options.readTimeout / 8)
  }

  /// The shortest of all: whatever happens to a connection, nothing is due on it sooner than this. A timer that stands no
  /// farther ahead need not be moved when something happens.
  var shortest: Duration {
    min(connectTimeout, readTimeout, doneLinger, unsentLinger, uploadLook, patience ?? .seconds(1))
  }
}

extension Connection {
  /// When the exchange ends, or is to be looked at, unless something happens before; nil while there is none.
  ///
  /// Rules that end a response early are further terms of this: one of time is an instant here, and one that counts what
  /// came is looked at when such an instant has come.
  func deadline(_ limits: ConnectionLimits) -> RunInstant? {
    guard isBusy else { return nil }
    switch state {
    case .connecting, .handshaking: return lastActivity + limits.connectTimeout
    case .exchanging:
      var first = lastActivity + limits.readTimeout
      if let doneSeenAt { first = min(first, doneSeenAt + limits.doneLinger) }
      if let unsent { first = min(first, max(unsent.at, lastActivity) + limits.unsentLinger) }
      if let patience = limits.patience, let start = exchange.headersAt { first = min(first, start + patience) }
      if untaken != nil { first = min(first, nextUploadLook) }
      return first
    case .idle, .closed: return nil
    }
  }

  /// A timer fired: ends the exchange where a deadline of its has come. One that has moved meanwhile is nobody's.
  mutating func timerFired(at: RunInstant, _ limits: ConnectionLimits) -> Action {
    guard let due = deadline(limits), due <= at else { return .wait }
    guard state == .exchanging else {
      return fail(RequestFailure(.connectTimeout, "no connection within \(limits.connectTimeout)"), at: at)
    }
    if let seen = doneSeenAt, seen + limits.doneLinger <= at { return complete(at: seen) }
    if let unsent, max(unsent.at, lastActivity) + limits.unsentLinger <= at { return fail(unsent.failure, at: at) }
    if let patience = limits.patience, let start = exchange.headersAt, start + patience <= at {
      return breakOff(.abandoned(.enoughSeen), at: at)
    }
    // What was taken of a long request since the last look may say that this is no silence.
    return untaken == nil ? fallSilent(at: at, limits) : .askWhatIsTaken
  }

  /// Ends the exchange, in which nothing came or went for the read timeout.
  mutating func fallSilent(at: RunInstant, _ limits: ConnectionLimits) -> Action {
    fail(RequestFailure(.readTimeout, silence(limits)), at: at)
  }

  private func silence(_ limits: ConnectionLimits) -> String {
    let whole = exchange.request.wire.count
    if sent < whole { return "no byte of the request was taken for \(limits.readTimeout), after \(sent) of \(whole)" }
    let interims = parser.isBeforeHead ? parser.interimCount : 0
    let what = interims == 0 ? "no byte" : "\(interims) interim responses and no byte of an answer"
    return "\(what) for \(limits.readTimeout)"
  }
}
