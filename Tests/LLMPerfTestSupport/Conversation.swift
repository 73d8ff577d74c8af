package import LLMPerf

/// Conversations of some turns each, whose prompts hold what was answered so far.
package struct Conversations: SessionReader {
  private var left: Int
  private let turns: Int
  private let thinkTime: Duration
  private let knowsLast: Bool

  /// `left` conversations. `knowsLast` says whether each knows that its last turn is one.
  package init(left: Int, turns: Int = 2, thinkTime: Duration = .zero, knowsLast: Bool = true) {
    self.left = left
    self.turns = turns
    self.thinkTime = thinkTime
    self.knowsLast = knowsLast
  }

  package mutating func next() -> (any Session)? {
    guard left > 0 else { return nil }
    left -= 1
    return Conversation(turns: turns, thinkTime: thinkTime, knowsLast: knowsLast)
  }
}

/// One of them. It ends with a failure.
package struct Conversation: Session {
  private let turns: Int
  private let thinkTime: Duration
  private let knowsLast: Bool
  private var asked = 0
  private var history = ""

  package init(turns: Int, thinkTime: Duration = .zero, knowsLast: Bool = true) {
    self.turns = turns
    self.thinkTime = thinkTime
    self.knowsLast = knowsLast
  }

  package var turnsLeft: Int { turns - asked }

  package mutating func next(after reply: Reply?) -> Turn? {
    if let reply {
      guard reply.ending == .success else { return nil }
      history += "<" + String(decoding: reply.text, as: UTF8.self) + ">"
    }
    guard asked < turns else { return nil }
    asked += 1
    return Turn(Prompt("question \(asked) \(history)"), thinkTime: thinkTime, isLast: knowsLast && asked == turns)
  }
}
