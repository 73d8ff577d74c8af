import Foundation
import LLMPerf
import LLMPerfSQLite
import LLMPerfSimulator
import Testing

struct RunTests {
  /// A simulated service that answers in some milliseconds.
  private static func makeService(_ change: (inout SimulatorConfiguration) -> Void = { _ in }) throws -> Simulator {
    var configuration = SimulatorConfiguration()
    configuration.ttft = RandomVariable(.fixed(5e6))
    configuration.itl = RandomVariable(.fixed(1e6))
    configuration.outputTokens = RandomVariable(.fixed(8))
    change(&configuration)
    return try Simulator.start(configuration)
  }

  private static func arguments(_ simulator: Simulator, _ more: String...) -> [String] {
    [
      "perf", "--url", simulator.url + "/v1/chat/completions", "--model", "m", "--prompt", "hi", "--no-probe", "--name",
      "run",
    ]
      + more
  }

  private static func records(_ tool: Tool) throws -> [RequestRecord] {
    var records: [RequestRecord] = []
    try ResultReader(path: tool.path("run.db")).forEachRecord { records.append($0) }
    return records
  }

  @Test
  func `a thousand requests at a hundred streams lose no row and double none`() throws {
    let simulator = try Self.makeService()
    defer { _ = try? simulator.stop() }
    let tool = try Tool()
    let result = try tool.run(Self.arguments(simulator, "-n", "1000", "--parallel", "100"))
    #expect(result.status == 0, "\(result.errors)")
    let records = try Self.records(tool)
    #expect(records.map(\.index).sorted() == Array(0..<1000))
    #expect(records.allSatisfy { $0.succeeded && $0.tokenEventTimes.count == 8 && $0.usage.output == 8 })
    #expect(try tool.files == ["run.db"])
  }

  @Test
  func `a simulated service is started and stopped with the run`() throws {
    let tool = try Tool()
    let result = try tool.run(
      "perf", "--url", "sim:?ttft=2ms&itl=1ms&output-tokens=5", "--model", "m", "--prompt", "hi", "-n", "20",
      "--parallel", "4", "--name", "run")
    #expect(result.status == 0, "\(result.errors)")
    #expect(try Self.records(tool).map(\.index).sorted() == Array(0..<20))
  }

  @Test
  func `a protocol by its description is recorded by the file's name`() throws {
    let tool = try Tool()
    try tool.write(
      """
      path: /v1/chat/completions
      template: {model: "%m", messages: [{role: user, content: "%p"}], stream: true}
      stream:
        text: /choices/0/delta/content
        finish: /choices/0/finish_reason
        done: "[DONE]"
      """, to: "own.yaml")
    let result = try tool.run(
      "perf", "--url", "sim:?ttft=2ms&itl=1ms&output-tokens=5", "--model", "m", "--prompt", "hi", "-n", "2", "--name",
      "run", "--api-spec", "own.yaml")
    #expect(result.status == 0, "\(result.errors)")
    let run = try ResultReader(path: tool.path("run.db")).run
    #expect(run.api == "own.yaml")
    #expect(!run.configuration.contains { $0.name == "api" })
  }

  @Test
  func `a database that is deleted during the run is written again, and the run says so`() throws {
    let simulator = try Self.makeService()
    defer { _ = try? simulator.stop() }
    let tool = try Tool()
    let child = try tool.start(Self.arguments(simulator, "--duration", "1.5", "--parallel", "4", "--quiet"))
    // The log's index comes last.
    while !FileManager.default.fileExists(atPath: tool.path("run.db-shm")) { usleep(1000) }
    for name in ["run.db", "run.db-wal", "run.db-shm"] { try? FileManager.default.removeItem(atPath: tool.path(name)) }
    let result = try child.wait()
    #expect(result.status == 1)
    #expect(result.errors.contains("database run.db: it was deleted or moved during the run"), "\(result.errors)")
    let count = try Self.records(tool).count
    #expect(count > 0 && result.output.contains("Total requests: \(count)"))
    #expect(try tool.files == ["run.db"])
  }

  @Test
  func `the report command prints the report again`() throws {
    let simulator = try Self.makeService { configuration in
      configuration.errorRate = 0.3
      configuration.faults = [.serverError, .truncated, .inBand, .disconnected]
    }
    defer { _ = try? simulator.stop() }
    let tool = try Tool()
    let result = try tool.run(
      Self.arguments(simulator, "-n", "60", "--parallel", "5", "--warmup", "4", "--output-json", "report.json"))
    #expect(result.status == 0, "\(result.errors)")
    let again = try tool.run("report", "run.db")
    #expect(again.status == 0)
    #expect(again.output == result.output)
    let json = try JSON(parsing: Data(contentsOf: tool.folder.appending(path: "report.json")))
    let jsonAgain = try JSON(tool.run("report", "run.db", "--format", "json").output)
    #expect(jsonAgain == json)
  }

  @Test
  func `a report holds a saved run against thresholds`() throws {
    let simulator = try Self.makeService()
    defer { _ = try? simulator.stop() }
    let tool = try Tool()
    let run = try tool.run(Self.arguments(simulator, "-n", "20", "--fail-if", "qps > 0"))
    #expect(run.status == 99)
    // A machine with much else to do may make the run an invalid one.
    let kept = try tool.run("report", "run.db", "--allow-invalid", "--fail-if", "error_rate > 1%")
    #expect(kept.status == 0 && kept.output.hasSuffix("passed  error_rate > 1%  (it is 0 %, the limit 1 %)\n"))
    let missed = try tool.run(
      "report", "run.db", "--format", "junit", "--allow-invalid", "--fail-if", "qps > baseline * 0.5", "--baseline",
      "run.db")
    #expect(missed.status == 99 && missed.output.contains(#"failures="1""#))
    #expect(try tool.run("report", "run.db", "--format", "csv", "--fail-if", "qps > 0").status == 2)
    let vllm = try JSON(tool.run("report", "run.db", "--format", "vllm").output)
    #expect(vllm["itls"]?[0]?.arrayValue?.count == 7)
    #expect(vllm["generated_texts"]?[0]?.stringValue?.isEmpty == false)
  }

  @Test
  func `the report of an open loop is printed again too`() throws {
    let simulator = try Self.makeService()
    defer { _ = try? simulator.stop() }
    let tool = try Tool()
    let result = try tool.run(
      Self.arguments(simulator, "-n", "50", "--rate", "300.5", "--max-in-flight", "2", "--seed", "7"))
    #expect(result.status == 0, "\(result.errors)")
    #expect(try tool.run("report", "run.db").output == result.output)
    let due = PoissonArrivals(rate: 300.5).dueTimes(seed: 7).prefix(50)
    #expect(try Self.records(tool).sorted { $0.index < $1.index }.map(\.dueAt) == Array(due))
  }

  @Test
  func `what was committed survives a kill`() throws {
    let simulator = try Self.makeService()
    defer { _ = try? simulator.stop() }
    let tool = try Tool()
    let child = try tool.start(Self.arguments(simulator, "-n", "1000000", "--parallel", "4", "--quiet"))
    try Self.wait { (try? Self.records(tool).count) ?? 0 >= 20 }
    child.signal(SIGKILL)
    #expect(try child.wait().wasKilled)
    let records = try Self.records(tool)
    #expect(records.count >= 20)
    #expect(Set(records.map(\.index)).count == records.count)
    let report = try tool.run("report", "run.db")
    #expect(report.status == 0, "\(report.errors)")
    #expect(report.output.contains("\(records.count)"))
    #expect(report.output.lowercased().contains("partial"))
  }

  @Test
  func `an interrupt lets requests in flight end and prints the report`() throws {
    let simulator = try Self.makeService()
    defer { _ = try? simulator.stop() }
    let tool = try Tool()
    let child = try tool.start(Self.arguments(simulator, "-n", "1000000", "--parallel", "4"))
    try Self.wait { (try? Self.records(tool).count) ?? 0 >= 20 }
    // Whoever watches over a process may signal it and its group: that is still one interrupt.
    child.signal(SIGINT)
    child.signal(SIGTERM)
    let result = try child.wait()
    #expect(result.status == 130)
    #expect(result.output.lowercased().contains("partial"))
    let records = try Self.records(tool)
    #expect(records.map(\.index).sorted() == Array(0..<records.count))
    #expect(records.allSatisfy { $0.succeeded })
    #expect(try tool.run("report", "run.db").output == result.output)
  }

  @Test
  func `an interrupt before the load leaves at once`() throws {
    // It takes the probe's connection and never answers.
    let port = try SilentPort()
    let tool = try Tool()
    let child = try tool.start([
      "perf", "--url", "http://\(port.address)/v1/chat/completions", "--model", "m", "--prompt", "hi", "--name", "run",
      "--no-calibrate",
    ])
    try Self.wait { port.holdsConnection }
    child.signal(SIGINT)
    let result = try child.wait()
    #expect(result.status == 130)
    #expect(!FileManager.default.fileExists(atPath: tool.path("run.db")))
  }

  @Test
  func `a second interrupt leaves at once, with the database intact`() throws {
    let simulator = try Self.makeService { $0.itl = RandomVariable(.fixed(3600e9)) }
    defer { _ = try? simulator.stop() }
    let tool = try Tool()
    let child = try tool.start(Self.arguments(simulator, "-n", "100", "--parallel", "4"))
    try Self.wait { FileManager.default.fileExists(atPath: tool.path("run.db")) && simulator.port > 0 }
    // The handlers are there when the run has begun: its row is in the database.
    try Self.wait { (try? ResultReader(path: tool.path("run.db"))) != nil }
    child.signal(SIGINT)
    try Self.wait { try String(contentsOf: child.errorsFile, encoding: .utf8).contains("Interrupted") }
    // What follows at once is taken for the first one's echo.
    try Self.wait {
      child.signal(SIGINT)
      return !child.isRunning
    }
    let result = try child.wait()
    #expect(result.status == 130)
    #expect(result.output == "")
    #expect(try Self.records(tool).isEmpty)
  }

  /// Waits until `condition` holds, and gives up after a time that only a failure needs.
  private static func wait(_ condition: () throws -> Bool) throws {
    for _ in 0..<2000 {
      if try condition() { return }
      usleep(10_000)
    }
    Issue.record("waited in vain")
  }
}
