internal import CLLMPerfWire
import LLMPerf
import LLMPerfWire

/// The simulated service: takes requests apart, decides what becomes of them, and keeps the books. It belongs to the
/// server's thread.
final class SimulatedService {
  let configuration: SimulatorConfiguration
  let server: ServerCounters
  var engine: EngineModel
  var counters = ServiceCounters()
  private(set) var truth: TruthLog

  private let settings: FormatSettings
  private var formats: [FormatKey: any AnswerFormat] = [:]
  private var waiting: [Int: GenerationStream] = [:]
  private var nextNumber = 0
  let startedAt = lw_monotonic()

  private struct FormatKey: Hashable {
    var api: ServiceAPI
    var model: String
  }

  init(_ configuration: SimulatorConfiguration, _ server: ServerCounters) {
    self.configuration = configuration
    self.server = server
    engine = EngineModel(configuration)
    truth = TruthLog(capacity: configuration.truthRows)
    let created = (startedAt - lw_monotonic_minus_realtime()) / 1_000_000_000
    settings = FormatSettings(vocabulary: WordList(), configuration: configuration, created: Int(created))
  }

  // MARK: Requests

  /// Answers a request for `api`.
  func respond(to request: ServerRequest, _ api: ServiceAPI) -> ServerResponse {
    let number = nextNumber
    nextNumber += 1
    counters.requests += 1
    let parsed = Result { () throws(JSON.ParseError) in try GenerationRequest(request.body) }
    guard case .success(var generation) = parsed else {
      let message = if case .failure(let error) = parsed { error.description } else { "" }
      return refuse(
        Refusal(status: 400, message: "The body is not a JSON object: \(message)."), api, nil, number, request)
    }
    api.complete(&generation, from: request)
    guard isAuthorized(request) else { return refuse(.noKey, api, generation, number, request) }

    var generator = SplitMix64(seed: configuration.seed &+ UInt64(number) &* 0xD134_2543_DE82_EF95)
    let fault = drawFault(&generator)
    if let status = fault?.status {
      let refusal = Refusal(fault: status, retryAfter: configuration.retryAfter)
      return refuse(refusal, api, generation, number, request, fault)
    }
    let answer = plan(generation, api, number, &generator)
    record(number, generation, request, fault)
    counters.active += 1
    counters.activePeak = max(counters.activePeak, counters.active)
    counters.promptTokens += answer.promptTokens
    let position = Int(generator.nextUnit() * Double(answer.tokens))
    return .stream(
      GenerationStream(
        self, format(api, generation.model ?? configuration.model), answer, fault: fault, faultPosition: position,
        arrivedAt: request.arrivedAt, generator: generator))
  }

  private func refuse(
    _ refusal: Refusal, _ api: ServiceAPI, _ generation: GenerationRequest?, _ number: Int, _ request: ServerRequest,
    _ fault: Fault? = nil
  ) -> ServerResponse {
    record(number, generation, request, fault)
    counters.active += 1
    noteRefused(number, status: refusal.status)
    return .whole(api.format.refusal(refusal, isStreaming: generation?.isStreaming ?? false))
  }

  private func isAuthorized(_ request: ServerRequest) -> Bool {
    guard let key = configuration.apiKey else { return true }
    let sent = request.header("Authorization") ?? ""
    return sent == "Bearer \(key)" || sent == key || request.header("x-api-key") == key
  }

  private func drawFault(_ generator: inout SplitMix64) -> Fault? {
    guard configuration.errorRate > 0 else { return nil }
    let fails = generator.nextUnit() < configuration.errorRate
    let choice = generator.nextUnit()
    guard fails, !configuration.faults.isEmpty else { return nil }
    return configuration.faults[Int(choice * Double(configuration.faults.count))]
  }

  private func plan(
    _ generation: GenerationRequest, _ api: ServiceAPI, _ number: Int, _ generator: inout SplitMix64
  ) -> Answer {
    var request = generation
    if !api.callsTools { request.tool = nil }
    let drawn = configuration.outputTokens.drawCount(&generator)
    var tokens = min(drawn, request.maximumTokens ?? .max)
    if request.ignoresEnd, let maximum = request.maximumTokens {
      tokens = min(maximum, SimulatorConfiguration.mostTokens)
    }
    if !api.generatesTokens { tokens = 0 }
    let isCut = tokens > 0 && tokens == request.maximumTokens && (request.ignoresEnd || drawn > tokens)
    let share = api.separatesReasoning(request) ? configuration.reasoningShare : 0
    let usage: Bool =
      switch configuration.usage {
      case .always: true
      case .never: false
      case .asked: api.reportsUsage(request)
      }
    return Answer(
      number: number, request: request, tokens: tokens, reasoningTokens: Int((share * Double(tokens)).rounded()),
      isCutByLimit: isCut, includesUsage: usage, wordKey: Int(truncatingIfNeeded: generator.next() >> 16))
  }

  private func format(_ api: ServiceAPI, _ model: String) -> any AnswerFormat {
    let key = FormatKey(api: api, model: model)
    if let format = formats[key] { return format }
    // A client that sends another model name each time must not fill the memory.
    if formats.count >= 64 { formats.removeAll() }
    let format = api.format.init(model: model, settings)
    formats[key] = format
    return format
  }

  // MARK: The engine's turns

  /// `stream` waits for a slot.
  func wait(_ stream: GenerationStream, _ number: Int) {
    waiting[number] = stream
  }

  /// A slot is free since `instant`.
  func release(at instant: Int64) {
    guard let promotion = engine.leave(at: instant) else { return }
    waiting.removeValue(forKey: promotion.request)?.run(firstTokenAt: promotion.firstTokenAt)
  }

  /// A request that waited is no longer wanted.
  func abandon(_ number: Int) {
    if waiting.removeValue(forKey: number) != nil { engine.abandon(number) }
  }

  // MARK: Books

  private func record(_ number: Int, _ generation: GenerationRequest?, _ request: ServerRequest, _ fault: Fault?) {
    var row = Truth(
      number: number, arrivedAt: request.arrivedAt, isStreaming: generation?.isStreaming ?? false,
      promptTokens: generation?.promptTokens ?? 0)
    row.fault = fault
    truth.append(row)
  }

  func noteStarted(waitedFor nanoseconds: Int64) {
    counters.queueTime.add(nanoseconds)
  }

  func noteRefused(_ number: Int, status: Int) {
    counters.refused += 1
    counters.active -= 1
    truth.update(number) { row in
      row.status = status
      row.outcome = .refused
    }
  }

  func noteEnded(_ answer: Answer, _ outcome: Truth.Outcome, _ complete: (inout Truth) -> Void) {
    var ended = Truth.Outcome.running
    truth.update(answer.number) { row in
      guard row.outcome == .running else { return ended = row.outcome }
      complete(&row)
      row.outcome = outcome
      counters.events += row.events
      counters.outputTokens += row.tokens
      if row.lastTokenAt > 0 { counters.requestTime.add(row.lastTokenAt - row.arrivedAt) }
    }
    // A request that was refused has been counted.
    guard ended != .refused else { return }
    counters.active -= 1
    switch outcome {
    case .completed:
      counters.completed += 1
      if answer.isCutByLimit { counters.cutByLimit += 1 } else { counters.stopped += 1 }
    case .aborted: counters.aborted += 1
    default: counters.failed += 1
    }
  }

  /// Forgets what was counted, unless answers are running.
  func reset() -> Bool {
    guard counters.active == 0 else { return false }
    counters = ServiceCounters()
    truth.removeAll()
    return true
  }
}
