import Glibc
import LLMPerf
import Testing

@testable import LLMPerfExport

struct WandBSinkTests {
  private let folder = TemporaryFolder()
  private let notes = Notes()

  private func sink(
    _ base: String, mode: String = "online", key: String = FakeWandB.key, limit: Duration = .seconds(10),
    onStop: @escaping @Sendable () -> Void = {}
  ) throws -> WandBSink {
    let options = try #require(
      try WandBOptions(
        mode: mode, key: key, baseURL: base, entity: nil, project: nil, environment: ["WANDB_DIR": folder.path]))
    var pace = WandBPace()
    pace.interval = .milliseconds(5)
    pace.firstRetry = .milliseconds(1)
    pace.timeout = .seconds(5)
    pace.finishLimit = limit
    pace.finishLimitWithoutSuccess = .milliseconds(50)
    pace.finishLimitWithoutContact = .milliseconds(50)
    let console = ConsoleRecorder()
    console.append("a line\nand \(key)\n", isError: true)
    let notes = notes
    return WandBSink(
      options, console: console, pace: pace, inFlight: { 3 },
      closing: {
        var closing = RunClosing.plain($0)
        closing.files = [ExportedFile(name: "report.html", contentType: "text/html", bytes: Array("<p>hi".utf8))]
        return closing
      },
      note: { notes.add($0) }, onStop: onStop)
  }

  @Test
  func `logs each finished request, the configuration, the console, the summary, files and the end`() throws {
    let service = try FakeWandB()
    defer { service.shutDown() }
    let run = SyntheticRun(120)
    try run.play(to: try sink(service.base))
    let received = service.received
    #expect(received.violations == [])
    #expect(received.displayName == "synthetic")
    #expect(received.config["model"] == ["value": "qwen/7b"])
    #expect(received.config["time"]?["value"]?.stringValue?.split(separator: "_").count == 7)
    #expect(received.config["number"] == ["value": 120])
    #expect(service.rows.count == 120)
    #expect(service.rows.map { $0["_step"]?.intValue } == (0..<120).map { $0 })
    let last = try #require(service.rows.last)
    #expect(last["completed"]?.intValue == 120 && last["failed"]?.intValue == 17 && last["concurrency"]?.intValue == 4)
    #expect(last["request_index"]?.intValue == run.records.last?.index && last["in_flight"]?.intValue == 3)
    #expect(
      received.output.count == 2 && received.output[0].hasPrefix("ERROR 2") && received.output[0].hasSuffix(" a line"))
    #expect(received.events.allSatisfy { $0.contains(#""system.proc.memory.rssMB":"#) } && !received.events.isEmpty)
    let summary = try JSON(received.summary)
    #expect(summary["verdict"] == "VALID" && summary["total_requests"]?.intValue == 120)
    #expect(summary["ttft_p99"]?.doubleValue == run.result.summary.times.timeToFirstToken.percentile(99))
    #expect(Set(received.uploaded) == ["config.yaml", "wandb-metadata.json", "wandb-summary.json", "report.html"])
    #expect(received.files["report.html"] == Array("<p>hi".utf8))
    #expect(received.exitCode == 0)
    #expect(folder.files() == ["wandb"])
    #expect(notes.text.contains("\(service.base)/somebody/renamed%20project/runs/"))
  }

  @Test
  func `loses and repeats nothing when the service fails for a while`() throws {
    let clean = try FakeWandB()
    let faulty = try FakeWandB(faults: [
      .init(target: "graphql", status: 502), .init(target: "graphql", isDropped: true),
      .init(target: "file_stream", status: 503, isApplied: true),
      .init(target: "file_stream", status: 429, retryAfter: "0.01"),
      .init(target: "file_stream", isApplied: true, isDropped: true), .init(target: "file_stream", isDropped: true),
      .init(target: "file_stream", status: 500, skip: 1), .init(target: "storage", status: 500),
    ])
    defer {
      clean.shutDown()
      faulty.shutDown()
    }
    let run = SyntheticRun(300)
    try run.play(to: try sink(clean.base))
    try run.play(to: try sink(faulty.base))
    #expect(faulty.received.violations == [])
    #expect(faulty.received.history == clean.received.history)
    #expect(faulty.received.exitCode == 0 && faulty.received.uploaded.count == 4)
    #expect(faulty.received.requests > clean.received.requests)
  }

  @Test(arguments: ["nan", "-1", "inf", "1e300", "x", ""])
  func `a quota that ends at no time ends nothing`(reset: String) throws {
    let service = try FakeWandB(quotaReset: reset)
    defer { service.shutDown() }
    let sink = try sink(service.base)
    let run = SyntheticRun(20)
    sink.begin(run.description)
    sink.receive(run.records)
    sink.end(run.result)
    sink.close()
    #expect(service.rows.count == 20 && service.received.exitCode == 0)
  }

  @Test
  func `what is kept is for its owner's eyes`() throws {
    let service = try FakeWandB()
    defer { service.shutDown() }
    try SyntheticRun(10).play(to: try sink(service.base, mode: "offline"))
    let run = try #require(
      folder.files().first { $0.hasPrefix("wandb/offline-run-") && !$0.dropFirst(6).contains("/") })
    let kept = folder.files().filter { $0.hasPrefix(run) }
    #expect(kept.count >= 3)
    for name in kept {
      var status = stat()
      #expect(stat("\(folder.path)/\(name)", &status) == 0)
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      #expect(status.st_mode & 0o077 == 0 || isFolder && name != run, "\(name)")
    }
  }

  @Test
  func `a file that is made is never one that was there, nor where a link leads`() throws {
    let path = "\(folder.path)/link"
    #expect(symlink("\(folder.path)/elsewhere", path) == 0)
    #expect(throws: FileFailure.self) { _ = try OutputFile(creating: path) }
    #expect(folder.files() == ["link"])
  }

  @Test
  func `a service that only fails is not waited for as long as one that works`() throws {
    let service = try FakeWandB(faults: Array(repeating: .init(target: "graphql", status: 500), count: 100_000))
    defer { service.shutDown() }
    try SyntheticRun(10).play(to: try sink(service.base, limit: .seconds(3600)))
    #expect(notes.text.contains("answered 500"))
    #expect(notes.all.filter { $0.contains("is tried again") }.count == 1)
  }

  @Test
  func `the first rows go at once, and not behind a sign of life`() throws {
    let service = try FakeWandB()
    defer { service.shutDown() }
    try SyntheticRun(10).play(to: try sink(service.base))
    #expect(service.received.heartbeats == 0)
    #expect(service.rows.count == 10)
  }

  @Test(arguments: [401, 0])
  func `a service that refuses or is gone leaves a folder to upload later`(status: Int) throws {
    let service = try FakeWandB()
    if status == 0 { service.shutDown() }
    defer { service.shutDown() }
    let key = String(FakeWandB.key.reversed())
    try SyntheticRun(40).play(to: try sink(service.base, key: key))
    let folders = folder.files().filter { $0.hasPrefix("wandb/offline-run-") }
    let file = try #require(folders.first { $0.hasSuffix(".wandb") })
    #expect(folders.contains { $0.hasSuffix("/files/report.html") })
    #expect(notes.text.contains("wandb sync \(folder.path)/wandb/offline-run-"))
    #expect(!notes.text.contains(key))
    let bytes = folder.bytes(of: file)
    #expect(!String(decoding: bytes, as: UTF8.self).contains(key))
    #expect(try historyLines(in: bytes) == 40)
  }

  @Test
  func `a service that goes away half-way leaves the whole run`() throws {
    let service = try FakeWandB()
    let sink = try sink(service.base, limit: .milliseconds(100))
    let run = SyntheticRun(60)
    let records = run.records
    sink.begin(run.description)
    sink.receive(Array(records[..<30]))
    sink.tick(at: .seconds(1))
    while service.received.history.isEmpty { sched_yield() }
    service.shutDown()
    sink.receive(Array(records[30...]))
    var result = run.result
    result.summary.isPartial = true
    sink.end(result)
    sink.close()
    let file = try #require(folder.files().first { $0.hasSuffix(".wandb") })
    #expect(try historyLines(in: folder.bytes(of: file)) == 60)
    // The genuine client puts what it uploads behind what is there: the folder's run must be another.
    let uploaded = try #require(service.run)
    #expect(!file.contains(uploaded))
    #expect(notes.text.contains("/runs/\(uploaded) is not complete"))
  }

  @Test
  func `Stop on the run's page ends the run`() throws {
    let service = try FakeWandB()
    defer { service.shutDown() }
    service.stopRun()
    let notes = notes
    try SyntheticRun(10).play(to: try sink(service.base) { notes.add("stopped") })
    #expect(notes.all.filter { $0 == "stopped" }.count == 1)
  }

  /// History lines in a run's file, which must be whole.
  private func historyLines(in bytes: [UInt8]) throws -> Int? {
    var reader = WandBLogFormat.Reader()
    var stream = WandBStream(startTime: 0)
    let records = reader.feed(bytes)
    for record in try #require(records) { _ = stream.take(record) }
    #expect(reader.offset == bytes.count)
    let payload = try JSON(parsing: stream.payload())
    return payload["files"]?["wandb-history.jsonl"]?["content"]?.arrayValue?.count
  }

  @Test
  func `a run that is killed leaves a folder as well`() throws {
    let service = try FakeWandB()
    defer { service.shutDown() }
    let sink = try sink(service.base)
    let run = SyntheticRun(20)
    sink.begin(run.description)
    sink.receive(run.records)
    sink.tick(at: .seconds(1))
    let file = try #require(folder.files().first { $0.hasSuffix(".wandb") })
    #expect(file.hasPrefix("wandb/offline-run-"))
    #expect(try historyLines(in: folder.bytes(of: file)) == 20)
    sink.end(run.result)
    sink.close()
  }

  @Test(arguments: [(100_000, 100_000), (nil, 60_000), (1_000_000, 60_000)])
  func `thins the rows of a large run from behind`(expected: Int?, last: Int) {
    var description = SyntheticRun(1).description
    description.expectedRequests = expected
    var history = WandBHistory(description)
    let records = SyntheticRun(20).records
    var steps: [Int] = []
    for number in 0..<last {
      if let row = history.row(for: records[number % records.count], inFlight: 1) { steps.append(row.step) }
    }
    let isWhole = expected == 100_000
    #expect(steps.prefix(40_000).elementsEqual(0..<40_000))
    #expect(steps.count == (isWhole ? 100_000 : 45_000))
    #expect(steps.last == (isWhole ? 99_999 : 59_996))
  }

  @Test
  func `offline, nothing is sent`() throws {
    let service = try FakeWandB()
    defer { service.shutDown() }
    try SyntheticRun(10).play(to: try sink(service.base, mode: "offline"))
    #expect(service.received.requests == 0)
    #expect(folder.files().contains { $0.hasPrefix("wandb/offline-run-") && $0.hasSuffix(".wandb") })
  }
}
