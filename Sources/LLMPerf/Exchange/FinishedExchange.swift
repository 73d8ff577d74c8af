/// One request and its response as the transport leaves them: raw bytes, and when each read brought them.
package struct FinishedExchange: Sendable {
  /// What was sent.
  package var request: ScheduledRequest
  /// When the schedule said "send now".
  package var dueAt: RunInstant
  package var sentAt: RunInstant?
  /// By how much later than `sentAt` the first byte may have left, in nanoseconds: how long the kernel, or a processor that
  /// the loop lost, kept it; zero where that was as short as usual.
  package var sendDelay: Int64 = 0
  package var connectStartedAt: RunInstant?
  package var connectedAt: RunInstant?
  /// The first byte of the response.
  package var headersAt: RunInstant?
  /// The end of the response's body, or of the connection.
  package var endedAt: RunInstant?

  /// The response's status; nil when no status line came.
  package var status: Int?
  /// The value of `Content-Encoding`, unless it is absent or `identity`.
  package var contentEncoding: String?
  /// Where a redirect leads, as the service wrote it.
  package var location: String?
  /// The response's body, transfer coding removed; what was moved out of memory comes before it.
  package var body: [UInt8] = []
  /// What each read brought, in order.
  package var arrivals: [Arrival] = []
  /// Parts of the body and of the arrivals that memory had no room for, in order.
  package var spilled: [BodySpill.Part] = []
  /// Bytes of the body in those parts.
  package var spilledBytes = 0
  /// Whether the body reached the end that its framing promised.
  package var isComplete = false
  /// How the transport ended it; nil when the response ended by itself.
  package var ending: Ending?
  /// What went wrong in the transport; nil when nothing did.
  package var failure: RequestFailure? {
    get { ending?.failure }
    set { ending = newValue.map { .failure($0) } }
  }

  package var reusedConnection = false
  package var retried = false
  package var kernelStamped = false
  package var longestReadDelay: Duration = .zero
  package var bytesSent = 0
  package var bytesReceived = 0

  /// One read: the body's length after it, and when the last of its bytes came.
  package struct Arrival: Sendable, Hashable, BitwiseCopyable {
    package var end: UInt32
    private var slackMicroseconds: UInt32
    package var at: RunInstant

    /// By how much the first of its bytes may have come earlier than `at`. Rounded up to microseconds.
    package var slack: Duration { .microseconds(Int64(slackMicroseconds)) }

    package init(end: Int, at: RunInstant, slack nanoseconds: Int64 = 0) {
      self.end = UInt32(truncatingIfNeeded: end)
      self.at = at
      slackMicroseconds = nanoseconds <= 0 ? 0 : UInt32(clamping: (nanoseconds - 1) / 1000 + 1)
    }
  }

  package init(request: ScheduledRequest, dueAt: RunInstant) {
    self.request = request
    self.dueAt = dueAt
  }

  /// No exchange: what a connection holds while it has none.
  package static let none = FinishedExchange(
    request: ScheduledRequest(index: -1, wire: [], bodyStart: 0), dueAt: .start)
}
