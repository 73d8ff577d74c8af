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
    var options = ClientOptions()
    options.preconnects = true
    var load = LoadTest.Plan(.closedLoop(parallel: shape.parallel), seed: 0)
    load.duration = time
    load.loops = shape.loops
    load.workers = DefaultWorkers.count(processors: ControlGroup.processors, loops: shape.loops, countsTokens: false)
    var settings = RunSettings(description)
    settings.spillDirectory = directory
    let database = keepsDatabase ? try ResultWriter(path: temporaryPath, saving: .full) { _ in "{}" } : nil
    let sinks = Handover(RecordSinks([SampleSink()] as [any RecordSink] + (database.map { [$0] } ?? [])))
    do {
      _ = try PreparedService(address: address, api: api, options: options).measure(
        load, PromptSessions(PromptSource(repeating: Self.prompt, number: .max)), telling: sinks, as: settings)
    } catch {
      sinks.take()?.sink(ResultWriter.self)?.discard()
      throw (error as? BrokenRun)?.first ?? error
    }
    let told = sinks.take()
    told?.sink(ResultWriter.self)?.discard()
    return told?.sink(SampleSink.self)?.sample ?? CalibrationSample()
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
      load: .closedLoop(parallel: shape.parallel), expectedRequests: nil, seed: 0, wallClockStart: 0,
      version: LLMPerfTool.version, machine: [], arguments: [])
  }
}

/// Keeps what a calibration needs of the records.
private final class SampleSink: RecordSink {
  private(set) var sample = CalibrationSample()

  func receive(_ records: [RequestRecord]) {
    for record in records { sample.add(record) }
  }
}
