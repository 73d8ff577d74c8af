/// The bytes of one exchange, for sinks that keep or send them.
public struct RequestBodies: Sendable {
  /// The request's body.
  public var request: [UInt8]
  /// The response's body, transfer coding removed. Data that spans several lines stands joined behind it.
  public var response: [UInt8]
  /// Each event with data, in order; empty for an answer in one body.
  public var events: [Event]
  /// The answer when it was one body and not a stream.
  public var plain: Range<Int>?
  /// Visible output, joined.
  public var text: [UInt8]
  /// Reasoning output, joined.
  public var reasoning: [UInt8]

  /// An event as it came.
  public struct Event: Sendable, Hashable {
    /// Where the event's data lies in `response`.
    public var data: Range<Int>
    /// Where the value of the `event` line lies in `response`; empty when there was none.
    public var name: Range<Int>
    /// When it was read.
    public var at: RunInstant
    /// What it meant.
    public var meaning: EventMeaning

    /// An event as it came.
    public init(data: Range<Int>, name: Range<Int>, at: RunInstant, meaning: EventMeaning) {
      self.data = data
      self.name = name
      self.at = at
      self.meaning = meaning
    }
  }

  /// The bytes of one exchange.
  public init(
    request: [UInt8], response: [UInt8] = [], events: [Event] = [], plain: Range<Int>? = nil, text: [UInt8] = [],
    reasoning: [UInt8] = []
  ) {
    self.request = request
    self.response = response
    self.events = events
    self.plain = plain
    self.text = text
    self.reasoning = reasoning
  }

  /// The data of `event`.
  public func data(of event: Event) -> ArraySlice<UInt8> { response[event.data] }
}
