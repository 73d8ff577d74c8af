import LLMPerf
import LLMPerfWire
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
    #expect(throws: UsageError.self) { try options(key: "local-" + FakeWandB.key + "!") }
    let error = #expect(throws: UsageError.self) { try options(key: "sk-wrong-kind") }
    #expect(error?.message.contains("sk-wrong") == false)
  }

  @Test(arguments: [FakeWandB.key, "local-" + FakeWandB.key, "a1_-" + FakeWandB.key, "eyJ0.\(FakeWandB.key).c2ln"])
  func `takes every form of a key`(key: String) throws {
    #expect(try options(key: key)?.key == key)
  }

  @Test
  func `refuses details of a run that is not logged`() throws {
    let error = #expect(throws: UsageError.self) { try options(project: "p") }
    #expect(error?.message.hasPrefix("--wandb-project is for a run that is logged") == true)
    #expect(try options(["WANDB_PROJECT": "p"]) == nil)
    #expect(try options(mode: "disabled", project: "p") == nil)
  }

  @Test
  func `names the variable that is wrong`() throws {
    let error = #expect(throws: UsageError.self) { try options(key: FakeWandB.key, ["WANDB_MODE": "dryrun"]) }
    #expect(error?.message.hasPrefix("WANDB_MODE dryrun is not known") == true)
  }
}
