import LLMPerf

extension SimulatorConfiguration {
  /// Every setting, in the order of the help.
  package static let options: [SimulatorOption] = listening + speed + answers + failures + records

  private static let listening: [SimulatorOption] = [
    SimulatorOption(.listening, "address", "ADDRESS", default: "127.0.0.1", "Numeric address to listen on.") {
      $0.address = $1
    },
    SimulatorOption(.listening, "port", "PORT", default: "0", "Port to listen on; 0 takes a free one.") {
      configuration, text throws(UsageError) in
      configuration.port = UInt16(try whole(text, "port", 0...65535))
    },
    SimulatorOption(.listening, "tls-cert", "FILE", "PEM file with a certificate: serve HTTPS.") {
      $0.tlsCertificate = $1
    },
    SimulatorOption(.listening, "tls-key", "FILE", "PEM file with the certificate's key.") { $0.tlsKey = $1 },
    SimulatorOption(.listening, "api-key", "KEY", "Answer 401 to clients that do not send this key.") {
      $0.apiKey = $1
    },
    SimulatorOption(.listening, "parent-watch", nil, "End at the end of standard input.") { configuration, _ in
      configuration.watchesParent = true
    },
  ]

  private static let speed: [SimulatorOption] = [
    SimulatorOption(
      .speed, "ttft", "TIME", default: "lognormal:120ms,0.25",
      "Time to the first token, after queue and prefill: 200ms, uniform:50ms,150ms, normal:MEAN,SD, "
        + "lognormal:MEDIAN,SIGMA, gamma:MEAN,SHAPE or exp:MEAN."
    ) { configuration, text throws(UsageError) in
      configuration.ttft = try variable(text, "ttft", .duration)
    },
    SimulatorOption(
      .speed, "itl", "TIME", default: "gamma:15ms,16", "Time between two tokens of an answer that runs alone."
    ) { configuration, text throws(UsageError) in
      configuration.itl = try variable(text, "itl", .duration)
    },
    SimulatorOption(
      .speed, "itl-per-sequence", "TIME", default: "0", "What each other running answer adds to that time."
    ) { configuration, text throws(UsageError) in
      configuration.itlPerSequence = try duration(text, "itl-per-sequence")
    },
    SimulatorOption(
      .speed, "prefill-rate", "N", "Prompt tokens a second that are read, one request after the other."
    ) { configuration, text throws(UsageError) in
      configuration.prefillRate = try number(text, "prefill-rate", 1e-3...1e12)
    },
    SimulatorOption(.speed, "slots", "N", "Answers that run at the same time; further requests wait.") {
      configuration, text throws(UsageError) in
      configuration.slots = try whole(text, "slots", 1...10_000_000)
    },
    SimulatorOption(.speed, "queue", "N", "Requests that may wait for a slot; further ones get 503.") {
      configuration, text throws(UsageError) in
      configuration.queueLimit = try whole(text, "queue", 0...10_000_000)
    },
    SimulatorOption(
      .speed, "null", nil, "No delay at all and 128 tokens an answer: the null server of a calibration."
    ) { configuration, _ in
      configuration.makeNull()
    },
    SimulatorOption(
      .speed, "events-per-write", "N", default: "1",
      "Events that may share a write when there is no delay between them."
    ) { configuration, text throws(UsageError) in
      configuration.eventsPerWrite = try whole(text, "events-per-write", 1...100_000)
    },
  ]

  private static let answers: [SimulatorOption] = [
    SimulatorOption(.answers, "model", "NAME", default: "simulated", "Model that /v1/models lists.") { $0.model = $1 },
    SimulatorOption(
      .answers, "output-tokens", "N", default: "lognormal:96,0.4",
      "Tokens of an answer, a number or a distribution as for --ttft. max_tokens caps it; with ignore_eos an answer has "
        + "exactly max_tokens."
    ) { configuration, text throws(UsageError) in
      configuration.outputTokens = try variable(text, "output-tokens", .count)
    },
    SimulatorOption(.answers, "tokens-per-event", "N", default: "1", "Tokens in one event, a number or a distribution.")
    {
      configuration, text throws(UsageError) in
      configuration.tokensPerEvent = try variable(text, "tokens-per-event", .count)
    },
    SimulatorOption(.answers, "event-bytes", "N", "Pad each event with output to about N bytes.") {
      configuration, text throws(UsageError) in
      configuration.eventBytes = try whole(text, "event-bytes", 0...(1 << 20))
    },
    SimulatorOption(.answers, "reasoning-share", "SHARE", default: "0", "Share of an answer that is reasoning, 0 to 1.")
    {
      configuration, text throws(UsageError) in
      configuration.reasoningShare = try number(text, "reasoning-share", 0...1)
    },
    SimulatorOption(
      .answers, "usage", "WHEN", default: "asked",
      "Report token counts: asked (OpenAI's streams only on request, other protocols always), always, or never where the "
        + "protocol allows it."
    ) { configuration, text throws(UsageError) in
      configuration.usage = try choice(text, "usage")
    },
    SimulatorOption(
      .answers, "role-event", "WHEN", default: "with-first-token",
      "When the event without text comes: at-once, with-first-token or never."
    ) { configuration, text throws(UsageError) in
      configuration.roleEvent = try choice(text, "role-event")
    },
    SimulatorOption(.answers, "late-headers", nil, "Send the status line with the first token.") { configuration, _ in
      configuration.sendsHeadersLate = true
    },
    SimulatorOption(.answers, "embedding-dimensions", "N", default: "64", "Length of embedding vectors.") {
      configuration, text throws(UsageError) in
      configuration.embeddingDimensions = try whole(text, "embedding-dimensions", 1...65536)
    },
    SimulatorOption(
      .answers, "seed", "N", default: "1", "Seed of every draw; each request's draws depend on it and on its number."
    ) { configuration, text throws(UsageError) in
      guard let seed = UInt64(text) else {
        throw UsageError("--seed is '\(text)'; a whole number from 0 to \(UInt64.max) is accepted.")
      }
      configuration.seed = seed
    },
  ]

  private static let failures: [SimulatorOption] = [
    SimulatorOption(.failures, "error-rate", "SHARE", default: "0", "Share of the requests that fail, 0 to 1.") {
      configuration, text throws(UsageError) in
      configuration.errorRate = try number(text, "error-rate", 0...1)
    },
    SimulatorOption(
      .failures, "error-kinds", "KIND,…", default: "500",
      "How they fail, each kind as often: \(Fault.allCases.map(\.rawValue).joined(separator: ", "))."
    ) { configuration, text throws(UsageError) in
      var faults: [Fault] = []
      for name in text.split(separator: ",", omittingEmptySubsequences: false) {
        faults.append(try choice(String(name), "error-kinds"))
      }
      configuration.faults = faults
    },
    SimulatorOption(.failures, "retry-after", "SECONDS", default: "2", "What a 429 asks the client to wait.") {
      configuration, text throws(UsageError) in
      configuration.retryAfter = try whole(text, "retry-after", 0...86400)
    },
    SimulatorOption(.failures, "stall-time", "TIME", default: "3600s", "How long an answer that stalls pauses.") {
      configuration, text throws(UsageError) in
      configuration.stallTime = try duration(text, "stall-time")
    },
  ]

  private static let records: [SimulatorOption] = [
    SimulatorOption(.records, "truth-rows", "N", default: "200000", "Requests that GET /__truth remembers.") {
      configuration, text throws(UsageError) in
      configuration.truthRows = try whole(text, "truth-rows", 1...100_000_000)
    }
  ]

  // MARK: Values

  private static func variable(
    _ text: String, _ name: String, _ unit: RandomVariable.Unit
  ) throws(UsageError) -> RandomVariable {
    do throws(UsageError) {
      return try RandomVariable(parsing: text, unit)
    } catch {
      throw UsageError("--\(name): \(error.message)")
    }
  }

  private static func whole(_ text: String, _ name: String, _ range: ClosedRange<Int>) throws(UsageError) -> Int {
    guard let value = Int(text), range.contains(value) else {
      throw UsageError(
        "--\(name) is '\(text)'; a whole number from \(range.lowerBound) to \(range.upperBound) is accepted.")
    }
    return value
  }

  private static func number(
    _ text: String, _ name: String, _ range: ClosedRange<Double>
  ) throws(UsageError) -> Double {
    guard let value = Double(finite: text), range.contains(value) else {
      throw UsageError("--\(name) is '\(text)'; a number from \(range.lowerBound) to \(range.upperBound) is accepted.")
    }
    return value
  }

  private static func duration(_ text: String, _ name: String) throws(UsageError) -> Double {
    guard let value = Double.nanoseconds(text) else {
      throw UsageError("--\(name) is '\(text)'; a time with its unit is accepted, such as 200us, 20ms or 1.5s.")
    }
    return value
  }

  private static func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ text: String, _ name: String
  ) throws(UsageError) -> Choice {
    guard let choice = Choice(rawValue: text) else {
      let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
      throw UsageError("--\(name) is '\(text)'; accepted: \(names).")
    }
    return choice
  }
}
