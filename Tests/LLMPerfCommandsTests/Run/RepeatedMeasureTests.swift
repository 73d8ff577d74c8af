import ArgumentParser
import Foundation
import LLMPerf
import LLMPerfSQLite
import LLMPerfWire
import Testing

@testable import LLMPerfCommands

/// Several runs one after the other in one process.
struct RepeatedMeasureTests {
  /// What a row says apart from when it was.
  private struct Row: Hashable {
    let index: Int
    let succeeded: Bool
    let status: Int?
    let promptHash: UInt64
    let promptLength: Int
    let text: [UInt8]
    let events: Int
    let usage: TokenUsage
    let finishReason: String?
    let phase: RunPhase

    init(_ record: RequestRecord) {
      index = record.index
      succeeded = record.succeeded
      status = record.status
      promptHash = record.promptHash
      promptLength = record.promptLength
      text = record.bodies?.text ?? []
      events = record.eventCount
      usage = record.usage
      finishReason = record.finishReason
      phase = record.phase
    }
  }

  private static func rows(_ path: String) throws -> [Row] {
    var rows: [Row] = []
    try ResultReader(path: path).forEachRecord(withBodies: true) { rows.append(Row($0)) }
    return rows.sorted { $0.index < $1.index }
  }

  @Test
  func `two measures in one process bring the rows of two processes`() throws {
    let service = try EchoService()
    let tool = try Tool()
    try tool.write((1...9).map { "question \($0)\n" }.joined(), to: "questions.txt")
    let arguments = [
      "--model", "m", "--url", service.url, "--dataset-path", tool.path("questions.txt"),
      "--number", "30", "--parallel", "3", "--warmup", "4", "--seed", "7", "--quiet", "--no-calibrate", "--no-probe",
    ]
    let interruption = try Interruption()
    for name in ["first", "second"] {
      let command = try PerfCommand.parse(arguments + ["--name", tool.path(name)])
      let prepared = try PerfPreparation(command, interruption: interruption).prepare()
      let measured = try PerfMeasurement(prepared: prepared).measure()
      #expect(measured.broken == nil)
      #expect(measured.result?.summary.counts.succeeded == 26)
    }
    for name in ["third", "fourth"] {
      #expect(try tool.run(["perf"] + arguments + ["--name", name]).status == 0)
    }
    let rows = try ["first", "second", "third", "fourth"].map { try Self.rows(tool.path("\($0).db")) }
    #expect(rows[0].count == 30 && rows[0].allSatisfy(\.succeeded))
    #expect(rows.allSatisfy { $0 == rows[2] })
    let asked = service.bodies.map { $0["messages"]?.description ?? "" }
    try #require(asked.count == 120)
    let runs = stride(from: 0, to: asked.count, by: 30).map { asked[$0..<$0 + 30].sorted() }
    #expect(runs.allSatisfy { $0 == runs[2] })
  }

  /// How many measures one process makes: more than OpenSSL has numbers for kinds of BIOs. `make test-measures` makes 500.
  private static var measures: Int {
    ProcessInfo.processInfo.environment["LLMUSES_MEASURES"].flatMap { Int($0) } ?? 140
  }

  @Test
  func `many measures over TLS leave no thread and no descriptor`() async {
    // In a process of its own: what other tests open meanwhile would count.
    await #expect(processExitsWith: .success) {
      let service = try SecureSimulator()
      // What is made once for the whole process is made by the first.
      try Self.measure(service.url)
      let before = (threads: Self.threads, descriptors: Self.descriptors)
      for _ in 1..<Self.measures { try Self.measure(service.url) }
      #expect(Self.threads == before.threads)
      #expect(Self.descriptors == before.descriptors)
    }
  }

  /// A run of two requests over two loops to the service at `url`, which has a certificate that nobody vouches for.
  private static func measure(_ url: String) throws {
    let address = try ServiceAddress(url + "/v1/chat/completions")
    var options = ClientOptions()
    options.verifiesCertificate = false
    let service = PreparedService(
      address: address, api: try OpenAIAPI(APIOptions(model: "m", path: address.path)), options: options)
    var load = LoadTest.Plan(.closedLoop(parallel: 2), seed: 1)
    load.loops = 2
    let description = RunDescription(
      name: "run", configuration: [], model: "m", api: "openai", url: url, load: .closedLoop(parallel: 2),
      expectedRequests: 2, seed: 1,
      wallClockStart: 0, version: "1", machine: [], arguments: [])
    let result = try service.measure(
      load, PromptSessions(PromptSource(repeating: Prompt("hi"), number: 2)), telling: [], as: RunSettings(description))
    #expect(result.summary.counts.succeeded == 2)
  }

  /// The names of this process's threads that are the tool's.
  private static var threads: [String] {
    let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
    return tasks.compactMap { try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8) }
      .filter { $0.hasPrefix("llmuses-") }
  }

  private static var descriptors: Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0
  }
}
