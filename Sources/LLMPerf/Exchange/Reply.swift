/// What came of a request, for those who go on from it: the next turn of a conversation.
public struct Reply: Sendable {
  /// The visible output, joined, in UTF-8.
  public var text: [UInt8]
  /// Token counts as the service reported them.
  public var usage: TokenUsage
  /// How the request ended.
  public var ending: Ending
  /// The end of the stream or body.
  public var endedAt: RunInstant?

  /// A reply.
  public init(
    text: [UInt8], usage: TokenUsage = TokenUsage(), ending: Ending = .success, endedAt: RunInstant? = nil
  ) {
    self.text = text
    self.usage = usage
    self.ending = ending
    self.endedAt = endedAt
  }

  /// The reply that `record` tells of, before anything in it has been hidden.
  init(_ record: RequestRecord) {
    self.init(text: record.bodies?.text ?? [], usage: record.usage, ending: record.ending, endedAt: record.endedAt)
  }
}

/// Who waits for replies: the sessions that they belong to.
package protocol ReplyTaker: Sendable {
  /// Whether somebody waits for the reply to `request`; asked more than once, on any thread.
  func awaits(_ request: ScheduledRequest) -> Bool

  /// Takes a reply that is awaited. Called by the worker that has read it, at once: in no order with other replies, and before
  /// any sink hears of it.
  func take(_ reply: Reply, to request: ScheduledRequest)

  /// Does what its time has come for; called whenever a worker looks for answers, which some worker always does.
  func catchUp()
}
