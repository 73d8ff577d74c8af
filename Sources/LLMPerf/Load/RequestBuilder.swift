import Synchronization

/// Makes requests of turns: their bytes, and what is known of them beforehand. Used for the first turn of each session by the
/// producer, and for later ones by those who read the answers.
struct RequestBuilder: Sendable {
  let api: any APIPlugin
  let address: ServiceAddress
  /// Counts a prompt's tokens; nil where no tokenizer is used.
  let countTokens: (@Sendable ([UInt8]) -> Int?)?
  /// Tells the stages.
  let load: Load

  /// The requests that ask `turns`, in order.
  func requests(asking turns: [Turn]) throws -> [APIRequest] {
    let requests = try api.makeRequests(asking: turns)
    guard requests.count == turns.count else {
      throw UsageError("the API plugin built \(requests.count) requests for \(turns.count) prompts")
    }
    return requests
  }

  /// Notes what is known of `turn`; when it is due is not known ahead in a closed loop.
  func describe(_ turn: Turn, dueAt: RunInstant?, in origin: inout RequestOrigin) {
    origin.stage = dueAt.flatMap { load.stage(at: $0) }
    let bytes = turn.content.bytes
    origin.class = turn.labels.class
    origin.tenant = turn.labels.tenant
    origin.prefixGroup = turn.labels.prefixGroup
    origin.plannedOutputTokens = turn.outputTokens
    origin.promptLength = bytes.scalarCount
    origin.promptHash = bytes.fingerprint
    origin.promptPrefixHash = bytes.prefixFingerprint
    origin.promptTokens = countTokens.flatMap { $0(bytes) }
  }
}

/// Gives each request its place in the schedule, whoever builds it.
final class RequestNumbers: Sendable {
  private let given = Atomic(0)

  /// Places given so far.
  var count: Int { given.load(ordering: .relaxed) }

  /// The next place, from 0.
  func next() -> Int { given.add(1, ordering: .relaxed).oldValue }
}
