import Glibc
import LLMPerf
import LLMPerfSQLite
import LLMPerfWire

/// One of a calibration's loads: a closed loop at the shape's concurrency, through everything that a run goes through.
struct CalibrationLoad {
  let shape: CalibrationShape
  let address: String
  let directory: String
  let interruption: Interruption?

  /// Sends requests for `time` and returns what was seen of them.
  func run(for time: Duration, keepsDatabase: Bool) throws -> CalibrationSample {
    guard keepsDatabase, let interruption else { return try send(for: time, keepsDatabase: keepsDatabase) }
    let path = temporaryPath
    let farewell = interruption.atLeaving { ResultWriter.remove(path) }
    defer { interruption.forget(farewell) }
    return try send(for: time, keepsDatabase: keepsDatabase)
  }

  private func send(for time: Duration, keepsDatabase: Bool) throws -> CalibrationSample {
    let address = try ServiceAddress(address + "/v1/chat/completions")
    let api = try OpenAIAPI(APIOptions(model: "calibration", path: address.path, template: template))
    let pattern = LoadPattern.closedLoop(parallel: shape.parallel)
    var options = ClientOptions()
    options.duration = time
    options.preconnects = true
    options.loops = shape.loops
    let database = keepsDatabase ? try ResultWriter(path: temporaryPath, saving: .full) { _ in "{}" } : nil
    let sinks = [SampleSink()] as [any RecordSink] + (database.map { [$0] } ?? [])
    var plan = LoadTest.Plan(pattern: pattern, seed: 0)
    plan.duration = time
    plan.workers = DefaultWorkers.count(processors: ControlGroup.processors, loops: shape.loops, countsTokens: false)
    let test = LoadTest(
      plan, prompts: PromptSource(repeating: Self.prompt, number: .max), api: api,
      address: address, transport: HTTPTransport(to: address, pattern: pattern, options: options),
      recorder: Recorder(ResponseAnalyzer(api: api), countTokens: nil, sinks: sinks), spillDirectory: directory,
      now: { MonotonicClock(origin: 0).now.nanoseconds })
    let producer: WorkerThread
    do {
      producer = try test.prepare()
    } catch {
      test.reclaimRecorder()?.sink(ResultWriter.self)?.discard()
      throw error
    }
    let (outcome, recorder) = try test.run(description, producedBy: producer, clockOrigin: MonotonicClock().origin)
    recorder?.sink(ResultWriter.self)?.discard()
    if let error = outcome.errors.first { throw error }
    return recorder?.sink(SampleSink.self)?.sample ?? CalibrationSample()
  }

  private static let prompt = Prompt("What can this machine do?")

  private var template: String {
    """
    {"model": "%m", "messages": [{"role": "user", "content": "%p"}], "stream": \(shape.events > 0), \
    "stream_options": {"include_usage": true}}
    """
  }

  private var temporaryPath: String { "\(directory)/llmuses-calibration-\(getpid()).db" }

  private var description: RunDescription {
    RunDescription(
      name: "calibration", configuration: [], model: "calibration", api: "openai", url: address,
      parallel: shape.parallel, expectedRequests: nil, seed: 0, wallClockStart: 0, version: LLMPerfTool.version,
      machine: [], arguments: [])
  }
}

/// Keeps what a calibration needs of the records.
private final class SampleSink: RecordSink {
  private(set) var sample = CalibrationSample()

  func receive(_ records: [RequestRecord]) {
    for record in records { sample.add(record) }
  }
}
