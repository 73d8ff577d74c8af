import LLMPerf
import LLMPerfWire

/// One real request before the load, so that a wrong address, key or template ends the run at once.
struct Probe {
  let address: ServiceAddress
  let options: ClientOptions
  let api: any APIPlugin

  /// A probe need not wait for the end of a long answer.
  private static let patience = Duration.milliseconds(500)
  /// What it asks: not a prompt of the run, which the service's cache would then know.
  private static let prompt = Prompt("Hello")

  /// Sends the request; returns the protocol to go on with.
  ///
  /// - Throws: `RunError` with the service's status and words when it fails.
  func run() throws -> any APIPlugin {
    let record = try send(api)
    guard let failure = record?.failure, failure.code != .cancelled || record?.status != 200 else { return api }
    throw RunError(
      "the service did not answer a first request (\(failure.code)): \(failure.message)\n"
        + "Nothing more was sent. --no-probe starts the load without asking first.")
  }

  private func send(_ api: any APIPlugin) throws -> RequestRecord? {
    var options = options
    options.patience = Self.patience
    options.loops = 1
    options.duration = nil
    let pattern = LoadPattern.closedLoop(parallel: 1)
    let test = LoadTest(
      LoadTest.Plan(pattern: pattern, seed: 0), prompts: PromptSource(repeating: Self.prompt, number: 1), api: api,
      address: address, transport: HTTPTransport(to: address, pattern: pattern, options: options),
      recorder: Recorder(ResponseAnalyzer(api: api), countTokens: nil, sinks: [LastRecord()]), spillDirectory: "/tmp",
      now: { MonotonicClock(origin: 0).now.nanoseconds })
    let producer = try test.prepare()
    let (outcome, recorder) = try test.run(Self.description, producedBy: producer, clockOrigin: MonotonicClock().origin)
    if let error = outcome.error { throw error }
    return recorder?.sink(LastRecord.self)?.record
  }

  private static let description = RunDescription(
    name: "probe", configuration: [], model: "", api: "", url: "", parallel: 1, expectedRequests: 1, seed: 0,
    wallClockStart: 0, version: LLMPerfTool.version, machine: [], arguments: [])

  private final class LastRecord: RecordSink {
    var record: RequestRecord?

    func receive(_ records: [RequestRecord]) {
      record = records.last ?? record
    }
  }
}
