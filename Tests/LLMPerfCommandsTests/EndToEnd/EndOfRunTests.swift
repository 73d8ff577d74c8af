import Foundation
import LLMPerf
import LLMPerfSQLite
import Testing

/// What the tool does when its run ends, by itself or not, and when nobody takes what it writes.
@Suite(.timeLimit(.minutes(2)))
struct EndOfRunTests {
  private static let quick =
    "--url 'sim:?ttft=2ms&itl=1ms&output-tokens=4' --model m --prompt hi --no-calibrate --name run"
  /// A service that begins each answer and never ends it.
  private static let endless = [
    "--url", "sim:?ttft=1ms&itl=3600s&output-tokens=8", "--model", "m", "--prompt", "hi", "--no-calibrate",
    "--no-probe",
    "--name", "run",
  ]

  private static func isFinished(_ tool: Tool) throws -> Bool {
    let reader = try ResultReader(path: tool.path("run.db"))
    return reader.isFinished && reader.verdict != nil && reader.savedSummary != nil
  }

  private static func rows(_ tool: Tool) throws -> [RequestRecord] {
    var records: [RequestRecord] = []
    try ResultReader(path: tool.path("run.db")).forEachRecord { records.append($0) }
    return records
  }

  private static func wait(_ condition: () throws -> Bool) throws {
    for _ in 0..<4000 {
      if try condition() { return }
      usleep(10_000)
    }
    Issue.record("waited in vain")
  }

  // MARK: Readers and disks

  @Test
  func `a reader that goes away loses neither rows nor files`() throws {
    let tool = try Tool()
    let result = try tool.shell(
      "llmuses perf \(Self.quick) -n 20 --parallel 4 --output-json r.json --log-every-n-query 1 2>&1 | true; "
        + "echo ${PIPESTATUS[0]}")
    #expect(result.output == "0\n")
    #expect(try Self.isFinished(tool))
    #expect(try Self.rows(tool).count == 20)
    #expect(try JSON(tool.read("r.json"))["requests"]?["total"]?.intValue == 20)
  }

  @Test(arguments: [">&-", "<&-", "2>&-", ">&- <&- 2>&-"])
  func `standard streams that are closed become no sockets and no databases`(closing: String) throws {
    let tool = try Tool()
    let result = try tool.shell("llmuses perf \(Self.quick) -n 20 --parallel 4 \(closing); echo $? > status")
    #expect(result.status == 0)
    #expect(try tool.read("status") == "0\n")
    #expect(try Self.isFinished(tool))
    #expect(try Self.rows(tool).allSatisfy(\.succeeded))
  }

  @Test
  func `a report that cannot be written is an error, and all else is written`() throws {
    let tool = try Tool()
    let result = try tool.shell("llmuses perf \(Self.quick) -n 20 --quiet --output-json r.json > /dev/full; echo $?")
    #expect(result.output == "1\n")
    #expect(result.errors == "llmuses: standard output cannot be written: No space left on device\n")
    #expect(try Self.isFinished(tool))
    #expect(try tool.files == ["r.json", "run.db"])
    let again = try tool.shell(
      "llmuses report run.db > /dev/full; echo $?; llmuses report run.db -o /dev/full; echo $?")
    #expect(again.output == "1\n1\n")
    #expect(try tool.shell("llmuses --help > /dev/full; echo $?").output == "1\n")
  }

  @Test
  func `an output that cannot be written stops no other, and each is told`() throws {
    let tool = try Tool()
    let result = try tool.shell(
      "llmuses perf \(Self.quick) -n 20 --quiet --output-json /dev/full --junit /dev/full --fail-if 'qps < 0' "
        + "--allow-invalid --output-html page.html; echo status $?")
    #expect(result.output.contains("Succeed requests: 20"))
    #expect(result.output.hasSuffix("status 1\n"))
    #expect(
      result.errors == """
        llmuses: --output-json: /dev/full cannot be written: No space left on device
        llmuses: --junit: /dev/full cannot be written: No space left on device

        """)
    #expect(try Self.isFinished(tool))
    #expect(try tool.read("page.html").contains("</html>"))
  }

  // MARK: Durations

  @Test
  func `what the duration leaves in flight is cut after the grace, and counts for nothing`() throws {
    let tool = try Tool()
    let result = try tool.run(["perf"] + Self.endless + ["--parallel", "3", "--duration", "0.3", "--grace", "0.1"])
    #expect(result.status == 1)
    #expect(
      result.errors.hasSuffix("llmuses: nothing was measured: no request ended (cut by the end of the run: 3)\n"),
      "\(result.errors)")
    #expect(result.output.contains("  Cut by the end of the run: 3,"))
    #expect(result.output.contains(" Failed requests: 0\n"))
    #expect(try Self.rows(tool).allSatisfy { $0.failure?.code == .cancelled })
    #expect(try tool.run("report", "run.db").output == result.output)
  }

  @Test
  func `arrivals after the duration are not scheduled`() throws {
    let tool = try Tool()
    let result = try tool.shell(
      "llmuses perf --url 'sim:?ttft=400ms&itl=0&output-tokens=2' --model m --prompt hi --no-calibrate --name run "
        + "--rate 40 --duration 1 --seed 5 --goodput latency:60s --output-json r.json")
    #expect(result.status == 0, "\(result.errors)")
    let due = PoissonArrivals(rate: 40).dueTimes(seed: 5).prefix { $0.seconds <= 1 }
    let requests = try JSON(tool.read("r.json"))["requests"]
    #expect(requests?["scheduled"]?.intValue == due.count)
    #expect(try JSON(tool.read("r.json"))["throughput"]?["attainment"]?.doubleValue ?? 0 > 0.95)
  }

  // MARK: Signals

  @Test(arguments: [SIGHUP, SIGTERM, SIGINT])
  func `a signal ends the run with its report`(signal: Int32) throws {
    let tool = try Tool()
    let child = try tool.start([
      "perf", "--url", "sim:?ttft=2ms&itl=1ms&output-tokens=4", "--model", "m", "--prompt", "hi", "--no-calibrate",
      "--name", "run", "-n", "1000000",
    ])
    try Self.wait { (try? Self.rows(tool).count) ?? 0 >= 20 }
    child.signal(signal)
    let result = try child.wait()
    #expect(result.status == 130)
    #expect(result.output.hasPrefix("PARTIAL"))
    #expect(try Self.isFinished(tool) == false)
    #expect(try ResultReader(path: tool.path("run.db")).savedSummary != nil)
  }

  @Test
  func `a run that shall outlive its terminal does`() throws {
    let tool = try Tool()
    let child = try tool.startShell("trap '' HUP; exec \"$LLMUSES\" perf \(Self.quick) -n 100 --quiet")
    try Self.wait { (try? Self.rows(tool).count) ?? 0 >= 1 }
    child.signal(SIGHUP)
    #expect(try child.wait().status == 0)
    #expect(try Self.rows(tool).count == 100)
  }

  @Test
  func `an interrupt ends a data set that waits in a pipe`() throws {
    let tool = try Tool()
    #expect(mkfifo(tool.path("prompts"), 0o600) == 0)
    let child = try tool.start([
      "perf", "--url", "http://127.0.0.1:9", "--model", "m", "--dataset-path", "prompts", "-n", "5", "--no-calibrate",
      "--no-probe", "--name", "run",
    ])
    // Only what somebody reads can be opened so; the reader then waits for the first line.
    var writer: Int32 = -1
    try Self.wait {
      writer = open(tool.path("prompts"), O_WRONLY | O_NONBLOCK)
      return writer >= 0
    }
    defer { close(writer) }
    child.signal(SIGINT)
    #expect(try child.wait().status == 130)
    #expect(try tool.files == ["prompts"])
  }

  @Test
  func `an interrupt ends the waiting for a scrape, and the report is that of a whole run`() throws {
    let tool = try Tool()
    let child = try tool.start([
      "perf", "--url", "sim:?ttft=2ms&itl=1ms&output-tokens=4", "--model", "m", "--prompt", "hi", "--no-calibrate",
      "--name", "run", "-n", "20", "--metrics-port", "0", "--metrics-linger", "3600", "--output-json", "r.json",
    ])
    try Self.wait { ((try? tool.read("r.json")) ?? "").hasSuffix("}\n") }
    child.signal(SIGINT)
    let result = try child.wait()
    #expect(result.status == 130)
    #expect(result.output.contains("Succeed requests: 20"))
    #expect(!result.output.contains("PARTIAL"))
    #expect(try Self.isFinished(tool))
  }

  @Test
  func `an interrupted run waits for no scrape`() throws {
    let tool = try Tool()
    let child = try tool.start(
      ["perf"] + Self.endless + [
        "--parallel", "2", "--grace", "0.1", "--metrics-port", "0", "--metrics-linger", "3600",
      ])
    // The table of the client's state has its first row when the loops have begun.
    try Self.wait { (try? ResultReader(path: tool.path("run.db")).health().isEmpty) == false }
    child.signal(SIGINT)
    let result = try child.wait()
    #expect(result.status == 130)
    #expect(result.output.hasPrefix("PARTIAL"))
    #expect(result.errors.contains("Interrupted"))
  }
}
