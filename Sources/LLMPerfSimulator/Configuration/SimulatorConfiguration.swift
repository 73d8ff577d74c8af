/// How the simulated service behaves. Delays are in nanoseconds.
///
/// A token is due at `admission + prefill + ttft`, the next ones each `itl + itlPerSequence × (other sequences)` later.
/// Admission waits for a slot; prompts are prefilled one after the other at `prefillRate`. All due times are absolute:
/// a late write never moves the next.
package struct SimulatorConfiguration: Sendable, Hashable {
  // MARK: Where it listens

  package var address = "127.0.0.1"
  /// 0 takes a free port.
  package var port: UInt16 = 0
  package var tlsCertificate: String?
  package var tlsKey: String?
  /// The key that clients must send; nil accepts every client.
  package var apiKey: String?
  /// Ends with its parent: at the end of standard input.
  package var watchesParent = false

  // MARK: What it answers

  /// The model that `/v1/models` lists; answers repeat the name that was asked for.
  package var model = "simulated"
  package var seed: UInt64 = 1
  package var outputTokens = RandomVariable(.logNormal(median: 96, sigma: 0.4))
  package var tokensPerEvent = RandomVariable(.fixed(1))
  /// The share of an answer that is reasoning, 0...1.
  package var reasoningShare = 0.0
  package var usage = UsageReport.asked
  package var roleEvent = RoleEvent.withFirstToken
  /// The status line comes with the first token instead of at once.
  package var sendsHeadersLate = false
  /// Pads each event with output to about this many bytes.
  package var eventBytes = 0
  package var embeddingDimensions = 64

  // MARK: How fast

  package var ttft = RandomVariable(.logNormal(median: 120e6, sigma: 0.25))
  package var itl = RandomVariable(.gamma(mean: 15e6, shape: 16))
  package var itlPerSequence: Double = 0
  /// Prompt tokens a second, shared by all requests; nil: prefill takes no time of its own.
  package var prefillRate: Double?
  /// Sequences that run at the same time; nil: any number.
  package var slots: Int?
  /// Requests that may wait for a slot; further ones get 503. Nil: any number.
  package var queueLimit: Int?
  /// Events that may share a write when there is no delay between them.
  package var eventsPerWrite = 1

  // MARK: How it fails

  /// The share of requests that fail, 0...1.
  package var errorRate = 0.0
  /// The faults, each as likely as the others.
  package var faults: [Fault] = [.serverError]
  /// The seconds that a 429 asks to wait.
  package var retryAfter = 2
  package var stallTime: Double = 3600e9

  // MARK: What it remembers

  /// The rows that `/__truth` keeps at most; the oldest go first.
  package var truthRows = 200_000

  package init() {}

  /// Tokens of an answer at most, whatever was drawn or asked for.
  package static let mostTokens = 10_000_000

  /// When answers report their token counts.
  package enum UsageReport: String, Sendable, Hashable, CaseIterable {
    /// As the protocol does: OpenAI's streams only when asked by `stream_options`, the others always.
    case asked
    case always
    case never
  }

  /// When the event comes that has a role and no text (OpenAI chat).
  package enum RoleEvent: String, Sendable, Hashable, CaseIterable {
    /// As soon as the request was read, like llama-cpp-python.
    case atOnce = "at-once"
    /// In the write of the first token, like vLLM.
    case withFirstToken = "with-first-token"
    /// Never: the first token's event carries the role.
    case never
  }

  /// Changes what the null server of a calibration needs: no delay anywhere, and answers of a fixed length.
  package mutating func makeNull() {
    ttft = RandomVariable(.fixed(0))
    itl = RandomVariable(.fixed(0))
    itlPerSequence = 0
    prefillRate = nil
    slots = nil
    outputTokens = RandomVariable(.fixed(128))
  }

  /// Whether tokens follow each other without delay.
  package var isImmediate: Bool { itl.isZero && itlPerSequence == 0 }
}
