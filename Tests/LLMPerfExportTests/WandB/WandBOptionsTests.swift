import LLMPerf
import Testing

@testable import LLMPerfExport

struct WandBOptionsTests {
  private func options(
    mode: String? = nil, key: String? = nil, project: String? = nil, _ environment: [String: String] = [:]
  ) throws -> WandBOptions? {
    try WandBOptions(
      mode: mode, key: key, baseURL: nil, entity: nil, project: project, environment: environment)
  }

  @Test
  func `a key, given or in the environment, turns W&B on`() throws {
    #expect(try options() == nil)
    #expect(try options(key: FakeWandB.key)?.mode == .online)
    let found = try #require(
      try options(["WANDB_API_KEY": FakeWandB.key, "WANDB_ENTITY": "team", "WANDB_BASE_URL": "http://host:1/x/"]))
    #expect(found.project == "perf_benchmark" && found.entity == "team" && found.base.basePath == "/x")
    #expect(try options(mode: "disabled", key: FakeWandB.key) == nil)
    #expect(try options(mode: "offline")?.mode == .offline)
    #expect(try options(["WANDB_API_KEY": "short"]) == nil)
  }

  @Test
  func `refuses what cannot work, and never quotes the key`() throws {
    #expect(throws: UsageError.self) { try options(mode: "online") }
    #expect(throws: UsageError.self) { try options(mode: "onlin", key: FakeWandB.key) }
    #expect(throws: UsageError.self) { try options(key: FakeWandB.key, project: "a/b") }
    let error = #expect(throws: UsageError.self) { try options(key: "sk-wrong-kind") }
    #expect(error?.message.contains("sk-wrong") == false)
  }
}
