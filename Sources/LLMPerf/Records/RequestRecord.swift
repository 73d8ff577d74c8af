/// All that was seen of one request, success or failure.
///
/// Instants are offsets from the run's start; METRICS says what each one is. An instant that never came is nil.
public struct RequestRecord: Sendable {
  /// `origin`, shared with the request that was sent.
  var sharedOrigin: Shared<RequestOrigin>

  /// When the schedule said "send now"; in a closed loop, when its slot became free.
  public var dueAt: RunInstant
  /// When the first byte was handed to the kernel on an established connection.
  public var sentAt: RunInstant?
  /// When connecting began; nil where a kept-alive connection was used.
  public var connectStartedAt: RunInstant?
  /// When TCP, and TLS if any, was ready; nil where a kept-alive connection was used.
  public var connectedAt: RunInstant?
  /// The first byte of the response.
  public var headersAt: RunInstant?
  /// The first event with data, output or not: what the original tool took for the first token.
  public var firstEventAt: RunInstant?
  /// The last event with data, and the one before it; nil when there were fewer. `[DONE]` is none.
  public var lastEventAt: RunInstant?
  public var eventBeforeLastAt: RunInstant?
  /// The first event that carries generated output of any kind.
  public var firstTokenAt: RunInstant?
  /// The first event that carries visible output.
  public var firstVisibleAt: RunInstant?
  /// The last event that carries generated output.
  public var lastTokenAt: RunInstant?
  /// The end of the stream or body.
  public var endedAt: RunInstant?

  /// Each event that carries generated output, in order of arrival.
  public var tokenEventTimes: [RunInstant] = []
  /// Tokens in each of `tokenEventTimes`, where the service told them event by event; else empty.
  public var tokensPerEvent: [Int] = []

  /// The response's status; nil when none came.
  public var status: Int?
  /// How it ended.
  public var ending = Ending.success
  /// Why generation ended, in the service's word.
  public var finishReason: String?
  /// Whether the answer came as a stream of events.
  public var isStreamed = false
  /// Events with data, `[DONE]` left out; 1 for an answer in one body.
  public var eventCount = 0

  /// Token counts as the service reported them.
  public var usage = TokenUsage()
  /// Tokens of the output by our own tokenizer.
  var countedOutput: Int?
  /// Visible output in Unicode scalars.
  public var outputLength = 0
  /// Inputs handled, for services without a token stream.
  public var inputCount: Int?

  /// What was noticed while the answer was read.
  public var remarks: ReadingRemarks = []

  /// Whether a kept-alive connection was used.
  public var reusedConnection = false
  /// Whether it was sent again because a kept-alive connection died before the first byte of the response.
  public var retried = false
  /// Whether every stamp of the response is the kernel's receive time.
  public var kernelStamped = false
  /// The longest distance between the kernel's receive time and our read; zero without kernel stamps.
  public var longestReadDelay: Duration = .zero
  /// By how much earlier than `firstTokenAt` the first output may have come; nil when none came in a stream. A socket has
  /// one stamp for all that lies in it unread, the last segment's: a first token that was read late, together with what
  /// followed it, is stamped as late as that. A request that the client kept while it handed it over adds that time.
  public var firstSlack: Duration?
  /// Bytes of the request, and of the response, on the wire above TLS.
  public var bytesSent = 0
  public var bytesReceived = 0

  /// The bodies, for sinks that keep or send them; nil once they have been let go.
  public var bodies: RequestBodies?

  /// A request due at `dueAt`.
  public init(index: Int, dueAt: RunInstant) {
    self.init(Shared(RequestOrigin(index: index)), dueAt: dueAt)
  }

  /// A request of that origin, due at `dueAt`.
  package init(_ origin: Shared<RequestOrigin>, dueAt: RunInstant) {
    sharedOrigin = origin
    self.dueAt = dueAt
  }

  /// Whether a whole answer came.
  public var succeeded: Bool { if case .success = ending { true } else { false } }

  /// The class and the words that databases and exports tell of what was no success: a failure, or see `Ending.failure`.
  /// Set, it is a failure, or, nil, a success.
  public var failure: RequestFailure? {
    get { ending.failure }
    set { ending = newValue.map { .failure($0) } ?? .success }
  }
}

/// Whether a request counts.
public enum RunPhase: String, Sendable {
  /// Sent and recorded, and left out of every number.
  case warmup
  /// Counts.
  case measured
}
