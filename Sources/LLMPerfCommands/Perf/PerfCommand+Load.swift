import LLMPerf
import LLMPerfWire

extension PerfCommand {
  /// When requests leave. Random draws follow `seed`.
  func makeLoad(seed: UInt64, countingBy tokens: TokenCounter?) -> LoadTest.Plan {
    var plan = LoadTest.Plan(load.load, seed: seed)
    plan.duration = load.duration.map { .seconds($0) }
    plan.grace = .seconds(load.grace ?? min(LoadOptions.usualGrace, service.readTimeout))
    plan.warmup = load.warmup
    plan.loops =
      load.loops
      ?? DefaultLoops.count(
        processors: ControlGroup.processors,
        eventsPerSecond: DefaultLoops.eventsPerSecond(load.load, requests: load.number))
    plan.workers = DefaultWorkers.count(
      processors: ControlGroup.processors, loops: plan.loops, countsTokens: tokens != nil)
    if let tokens { plan.countPromptTokens = { tokens.count(prompt: $0) } }
    return plan
  }

  /// How the client connects to the service and waits for it.
  func makeClientOptions(_ sources: [SourceAddress]) -> ClientOptions {
    var options = ClientOptions()
    options.connectTimeout = .seconds(service.connectTimeout)
    options.readTimeout = .seconds(service.readTimeout)
    options.verifiesCertificate = !service.insecure
    options.certificateFile = service.cacert
    options.sourceAddresses = sources
    options.preconnects = service.preconnect
    options.pausesAfterFailedConnect = load.duration != nil && load.number == nil
    return options
  }

  /// Connections that the run may hold at once, as far as it is known before.
  var connections: Int {
    if let most = load.load.mostInFlight { return most }
    return load.load.rate == .infinity ? load.number ?? 1 : 1
  }

  /// What ends a run whose goal of precision is not reached, as options write it.
  var bounds: String {
    [load.number.map { "--number \($0)" }, load.duration.map { "--duration \(NumberText.short($0))" }]
      .compactMap(\.self).joined(separator: " and ")
  }
}
