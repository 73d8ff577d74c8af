import LLMPerf
import LLMPerfWire

/// One real request before the load, so that a wrong address, key or template ends the run at once.
struct Probe {
  let address: ServiceAddress
  let options: ClientOptions
  let api: any APIPlugin
  /// The protocol's path for addresses without one; nil where users describe the protocol.
  let usualPath: String?
  let redactor: Redactor

  /// A probe need not wait for the end of a long answer.
  private static let patience = Duration.milliseconds(500)
  /// What it asks: not a prompt of the run, which the service's cache would then know.
  private static let prompt = Prompt("Hello")

  /// Sends the request; returns the protocol to go on with.
  ///
  /// - Throws: `RunError` with the service's status and words when it fails.
  func run() throws -> any APIPlugin {
    guard let failure = try failure(of: api) else { return api }
    // Some services refuse to be asked for their token counts: the run then does without.
    if failure.code == .httpStatus(400), failure.message.contains("stream_options"),
      let plain = try api.withoutUsageRequest(), try self.failure(of: plain) == nil
    {
      return plain
    }
    throw RunError(
      "the service did not answer a first request (\(failure.code)): \(failure.message)\n" + pathAdvice(failure)
        + "Nothing more was sent. --no-probe starts the load without asking first.")
  }

  /// What may be wrong with a path that the service does not know.
  private func pathAdvice(_ failure: RequestFailure) -> String {
    guard failure.code == .httpStatus(404) || failure.code == .httpStatus(405), let usualPath,
      let asked = try? api.makeRequest(for: Self.prompt).path, asked != usualPath
    else { return "" }
    return
      "The protocol's usual path is \(usualPath); --url without a path, or with one that ends in its version, takes it.\n"
  }

  /// Why a request failed; nil when it did not, as far as the probe waited.
  private func failure(of api: any APIPlugin) throws -> RequestFailure? {
    guard let record = try send(api) else { return RequestFailure(.empty, "no response was recorded") }
    let hasBegun = record.status.map { 200..<300 ~= $0 } ?? false
    return !record.ending.isOwn && hasBegun ? nil : record.failure
  }

  private func send(_ api: any APIPlugin) throws -> RequestRecord? {
    var options = options
    options.patience = Self.patience
    var settings = RunSettings(Self.description)
    settings.redactor = redactor
    let sinks = Handover(RecordSinks([LastRecord()]))
    do {
      _ = try PreparedService(address: address, api: api, options: options).measure(
        LoadTest.Plan(.closedLoop(parallel: 1), seed: 0),
        PromptSessions(PromptSource(repeating: Self.prompt, number: 1)),
        telling: sinks, as: settings)
    } catch let broken as BrokenRun {
      throw broken.first
    }
    return sinks.take()?.sink(LastRecord.self)?.record
  }

  private static let description = RunDescription(
    name: "probe", configuration: [], model: "", api: "", url: "", load: .closedLoop(parallel: 1), expectedRequests: 1,
    seed: 0, wallClockStart: 0, version: LLMPerfTool.version, machine: [], arguments: [])

  private final class LastRecord: RecordSink {
    var record: RequestRecord?

    func receive(_ records: [RequestRecord]) {
      record = records.last ?? record
    }
  }
}
