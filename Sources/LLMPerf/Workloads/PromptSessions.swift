/// Prompts as sessions: each is one of a single turn. What data sets of prompts are to a load test.
package struct PromptSessions: SessionReader {
  private var prompts: PromptSource

  /// The sessions that ask `prompts`.
  package init(_ prompts: PromptSource) {
    self.prompts = prompts
  }

  package mutating func next() throws -> (any Session)? {
    try prompts.next().map { SinglePrompt(prompt: $0) }
  }

  package mutating func readAhead() throws { try prompts.readAhead() }

  package var isEndless: Bool { prompts.isEndless }

  package var checksAhead: Bool { prompts.checksAhead }

  /// A session that asks once.
  private struct SinglePrompt: Session {
    let prompt: Prompt

    func next(after reply: Reply?) -> Turn? {
      reply == nil ? Turn(prompt, isLast: true) : nil
    }
  }
}
