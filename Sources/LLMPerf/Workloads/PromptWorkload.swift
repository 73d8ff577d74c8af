/// Prompts as a workload: each is a session of a single turn. What data sets of prompts are to a load test.
package struct PromptWorkload: Workload {
  private enum Origin: Sendable {
    case single(Prompt, number: Int)
    case dataset(any DatasetPlugin, PromptSource.Limits, number: Int?)
  }

  private let origin: Origin

  /// `prompt`, `number` times.
  package init(repeating prompt: Prompt, number: Int) {
    origin = .single(prompt, number: number)
  }

  /// The prompts of `dataset` that `limits` allow, `number` of them; nil: one pass.
  package init(_ dataset: any DatasetPlugin, limits: PromptSource.Limits, number: Int?) {
    origin = .dataset(dataset, limits, number: number)
  }

  package func makeSessions() -> any SessionReader {
    switch origin {
    case .single(let prompt, let number): PromptSessions(PromptSource(repeating: prompt, number: number))
    case .dataset(let dataset, let limits, let number):
      PromptSessions(PromptSource(dataset, limits: limits, number: number))
    }
  }
}
