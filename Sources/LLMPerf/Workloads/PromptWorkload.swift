/// Prompts as a workload: each is a session of a single turn. What data sets of prompts are to a load test.
package struct PromptWorkload: Workload {
  private let makePrompts: @Sendable () -> PromptSource

  /// `prompt`, `number` times.
  package init(repeating prompt: Prompt, number: Int) {
    makePrompts = { PromptSource(repeating: prompt, number: number) }
  }

  /// The prompts of `dataset` that `limits` allow, `number` of them; nil: one pass.
  package init(_ dataset: any DatasetPlugin, limits: PromptSource.Limits, number: Int?) {
    makePrompts = { PromptSource(dataset, limits: limits, number: number) }
  }

  package func makeSessions() -> any SessionReader { PromptSessions(makePrompts()) }
}
