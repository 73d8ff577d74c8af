/// All that was planned for one request, and what is known of its prompt: set by the producer before the request is sent.
///
/// It travels to the record by reference, so what is added here reaches every sink without a stage that copies it.
public struct RequestOrigin: Sendable, Hashable {
  /// The request's place in the schedule, from 0.
  public var index: Int
  /// Whether the request counts, or only warms the service up.
  public var phase: RunPhase = .measured
  /// The session that the request is a turn of. A prompt of a data set is a session of one turn, with the request's index.
  public var session: Int
  /// The request's place in its session, from 0.
  public var turn = 0
  /// The class of requests that it belongs to; nil where the run has none.
  public var `class`: String?
  /// Whose request it is, and the group of requests that begin as it does; nil where the workload does not say.
  public var tenant: String?
  public var prefixGroup: Int?
  /// The planned length of the answer in tokens; nil where it is not planned.
  public var plannedOutputTokens: Int?
  /// The stage of the load that it was due in, from 0; nil where the load has one alone.
  public var stage: Int?

  /// The prompt's length in Unicode scalars.
  public var promptLength = 0
  /// A hash of the prompt's bytes, to notice prompts that repeat.
  public var promptHash: UInt64 = 0
  /// A hash of the prompt's first kilobyte, to notice prompts that begin alike; 0 for a prompt that has no more than that.
  public var promptPrefixHash: UInt64 = 0
  /// The prompt's tokens by our own tokenizer, where one is used.
  public var promptTokens: Int?

  /// The origin of request `index`, a session of its own.
  public init(index: Int) {
    self.index = index
    session = index
  }
}
