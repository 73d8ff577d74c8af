import LLMPerf

/// One connection of a loop and the exchange that is under way on it, without its socket: a plain state machine that is told
/// what happened and says what is to be done next.
///
/// Whoever drives it carries out each action, tells it what came of that, and carries out the answer, up to `wait`. It reads
/// no clock and calls nothing: what happened comes with its instant.
struct Connection {
  enum State {
    /// There is no socket.
    case closed
    /// An address is being tried.
    case connecting
    case handshaking
    /// Ready, and without an exchange.
    case idle
    /// A request is being sent or its response awaited.
    case exchanging
  }

  /// What is to be done next.
  enum Action: Equatable {
    /// Nothing, until something happens.
    case wait
    /// Close the socket if there is one, and call `connectingBegins`.
    case reconnect
    /// Open a socket and connect it to the endpoint's address number `addressIndex`.
    case connect
    /// Go on with the TLS handshake.
    case shakeHands
    /// Begin to send the request: call `sendingBegins`, then write.
    case send
    /// Write what is left of the request from byte `sent` on.
    case write
    /// Wait for something to read, and for room to write where that is asked for.
    case watch(writes: Bool)
    /// Find out how many bytes of the request the service's machine has not taken yet.
    case askWhatIsTaken
    /// Hand over the exchange; the connection stays as it is.
    case finish
    /// Close the socket, with `reset` without waiting for the peer, and hand over the exchange if there is one.
    case close(reset: Bool)
  }

  var state = State.closed
  /// The exchange under way; meaningless while `isBusy` is false.
  var exchange = FinishedExchange.none
  /// Whether an exchange is under way: connecting for it counts.
  private(set) var isBusy = false
  /// Which of the endpoint's addresses is being tried.
  var addressIndex = 0
  /// Whether no address could be connected to for the exchange that ends.
  var couldNotConnect = false
  /// Exchanges that this socket has served.
  var served = 0
  /// When the last bytes came or went, for the timeouts.
  var lastActivity = RunInstant.start

  // What a request's sending has come to.

  /// Bytes of the request that have been sent.
  var sent = 0
  /// Whether the rest of the request waits for room in the socket.
  var awaitsRoom = false
  /// When the system refused the rest of the request, and why.
  var unsent: (at: RunInstant, failure: RequestFailure)?
  /// Of a long request, what had left and the service's machine had not taken at the last look; nil when all is taken, or
  /// the request is short.
  var untaken: Int?
  /// When to look at that again.
  var nextUploadLook = RunInstant.start

  // What has come of a response.

  var parser = ResponseParser()
  /// When the last bytes of the running response came; nil before the first.
  var lastRead: RunInstant?
  /// When the socket was found empty, or the request began to be sent: what is read next came later.
  var emptiedAt = RunInstant.start
  /// When `[DONE]` stood at the end of the body while its framing went on.
  var doneSeenAt: RunInstant?
  /// The size of the last body and some more, a guess for the next one.
  var usualBodySize = 4096

  /// Takes up an exchange.
  mutating func begin(_ exchange: FinishedExchange) -> Action {
    self.exchange = exchange
    isBusy = true
    couldNotConnect = false
    // One that was begun before the run and is not made yet begins anew.
    guard state == .idle else { return .reconnect }
    self.exchange.reusedConnection = served > 0
    return .send
  }

  /// Gives the exchange up that has ended, with what the parser knows of its response.
  mutating func takeExchange() -> FinishedExchange {
    exchange.status = parser.status
    exchange.contentEncoding = parser.contentEncoding
    exchange.location = parser.location
    if exchange.arrivals.isEmpty { exchange.kernelStamped = exchange.kernelStamped && lastRead != nil }
    usualBodySize = min(exchange.bodyLength + exchange.bodyLength / 8, 64 << 10)
    isBusy = false
    lastRead = nil
    defer { exchange = .none }
    return exchange
  }

  // MARK: Ends

  /// The exchange cannot go on for `failure`.
  mutating func fail(_ failure: RequestFailure, at: RunInstant) -> Action { breakOff(.failure(failure), at: at) }

  /// Ends the exchange before its response did.
  mutating func breakOff(_ ending: Ending, at: RunInstant) -> Action {
    exchange.ending = ending
    return end(at: at, reset: true)
  }

  /// The run is over, and what is under way is cut.
  mutating func cut(at: RunInstant) -> Action {
    // An answer that was there to its `[DONE]` waited for the end of its framing alone.
    if let seen = doneSeenAt, state == .exchanging { return complete(at: seen) }
    return breakOff(.cut(by: .endOfRun), at: at)
  }

  /// The answer was whole at `seen`, whatever its framing still promises.
  mutating func complete(at seen: RunInstant) -> Action {
    exchange.isComplete = true
    return end(at: seen, reset: false)
  }

  /// The exchange, if there is one, is over and so is the socket.
  mutating func end(at: RunInstant, reset: Bool) -> Action {
    exchange.endedAt = at
    state = .closed
    awaitsRoom = false
    served = 0
    return .close(reset: reset)
  }
}
