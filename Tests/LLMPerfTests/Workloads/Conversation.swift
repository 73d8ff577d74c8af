import LLMPerf

/// Conversations of some turns each, whose prompts hold what was answered so far.
struct Conversations: SessionReader {
  var left: Int
  var turns = 2
  var thinkTime: Duration = .zero
  /// Whether a session knows that its last turn is one.
  var knowsLast = true

  mutating func next() -> (any Session)? {
    guard left > 0 else { return nil }
    left -= 1
    return Conversation(turns: turns, thinkTime: thinkTime, knowsLast: knowsLast)
  }
}

/// One of them. It ends with a failure.
struct Conversation: Session {
  let turns: Int
  var thinkTime: Duration = .zero
  var knowsLast = true
  private var asked = 0
  private var history = ""

  init(turns: Int, thinkTime: Duration = .zero, knowsLast: Bool = true) {
    self.turns = turns
    self.thinkTime = thinkTime
    self.knowsLast = knowsLast
  }

  var turnsLeft: Int { turns - asked }

  mutating func next(after reply: Reply?) -> Turn? {
    if let reply {
      guard reply.ending == .success else { return nil }
      history += "<" + String(decoding: reply.text, as: UTF8.self) + ">"
    }
    guard asked < turns else { return nil }
    asked += 1
    return Turn(Prompt("question \(asked) \(history)"), thinkTime: thinkTime, isLast: knowsLast && asked == turns)
  }
}
