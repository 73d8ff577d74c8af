/// A service's protocol: how a prompt becomes a request, and what the bytes of the answer mean.
///
/// Plugins are values without state of their own: everything about one response lives in its `ResponseReading`.
/// `makeRequests` is called ahead of time and `read` after the response has ended, so neither stands in the timed path;
/// both may be called from several threads at once.
public protocol APIPlugin: Sendable {
  /// Builds the request for one prompt.
  ///
  /// - Throws: `UsageError` when no request can be built from the prompt; the run ends before it is sent.
  func makeRequest(for prompt: Prompt) throws -> APIRequest

  /// Builds the requests for several prompts, in order. The default calls `makeRequest(for:)` for each; a plugin that
  /// asks another process gains by taking them together.
  func makeRequests(for prompts: [Prompt]) throws -> [APIRequest]

  /// Builds the requests for several turns, in order. The default builds those of prompts by `makeRequests(for:)`, puts a body
  /// as it is in place of a prompt's, and refuses a turn that names a model or a length of its own: only a protocol that
  /// writes them into its requests can take them.
  func makeRequests(asking turns: [Turn]) throws -> [APIRequest]

  /// How long a request that was built may wait until it is sent, where it holds something that expires, such as a signed
  /// token; nil: for ever. Requests are built ahead of time, and built anew when they have waited longer. The default is
  /// nil.
  var requestLifetime: Duration? { get }

  /// Reads one server-sent event of a stream: adds its text, usage, finish reason or error to `reading`, and says what
  /// the event was. Only events that have a `data` line arrive here, comments never.
  ///
  /// An event that this protocol does not know is `.bookkeeping`, not an error.
  func read(_ event: ServerSentEvent, into reading: inout ResponseReading) -> EventMeaning

  /// Reads an answer that came as one body, with whatever status.
  func read(body: ArraySlice<UInt8>, into reading: inout ResponseReading)

  /// Called once per response after its last event or body, several responses at a time; the place for a plugin that
  /// parses whole responses in another process. The default does nothing.
  ///
  /// - Throws: `UsageError` when responses can no longer be interpreted; the run then stops with this error, and keeps
  ///   what was measured.
  func finish(_ responses: inout [FinishedResponse]) throws

  /// The protocol without what it adds to a request on its own account to be told token counts, for services that refuse
  /// it with status 400; nil when it adds nothing. The default adds nothing.
  ///
  /// - Throws: `UsageError`, as making the protocol does.
  func withoutUsageRequest() throws -> (any APIPlugin)?

  /// Whether `finish(_:)` does anything; collecting whole responses for it costs. The default says no.
  var finishesResponses: Bool { get }
}

extension APIPlugin {
  public func makeRequests(for prompts: [Prompt]) throws -> [APIRequest] {
    try prompts.map { try makeRequest(for: $0) }
  }

  public func makeRequests(asking turns: [Turn]) throws -> [APIRequest] {
    if turns.contains(where: { $0.model != nil || $0.outputTokens != nil }) {
      throw UsageError("the protocol cannot ask one turn for a model or a number of tokens of its own; leave them out")
    }
    let prompts = turns.map(\.prompt)
    var requests = try makeRequests(for: prompts)
    guard requests.count == turns.count else { return requests }
    for (place, turn) in turns.enumerated() {
      if case .body(let body) = turn.content { requests[place].body = body }
    }
    return requests
  }

  public var requestLifetime: Duration? { nil }

  public func finish(_ responses: inout [FinishedResponse]) throws {}

  public func withoutUsageRequest() throws -> (any APIPlugin)? { nil }

  public var finishesResponses: Bool { false }
}

/// One request as a protocol builds it. The transport adds `Host`, `Content-Length` and `Accept-Encoding: identity`.
public struct APIRequest: Sendable, Hashable {
  /// The path and query to send to, or nil for the path of `--url`.
  public var path: String?
  /// Headers of the protocol and the user, in the order they are sent. Names are unique without regard to case.
  public var headers: [HTTPHeader]
  /// The body, usually JSON in UTF-8.
  public var body: [UInt8]

  /// A `POST` of `body`.
  public init(path: String? = nil, headers: [HTTPHeader], body: [UInt8]) {
    self.path = path
    self.headers = headers
    self.body = body
  }
}

/// One header field.
public struct HTTPHeader: Sendable, Hashable {
  /// The field's name, as sent. Compare without regard to case.
  public var name: String
  /// The field's value.
  public var value: String

  /// A header field `name: value`.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }
}

extension [HTTPHeader] {
  /// The value of the last field called `name`, in any case.
  public subscript(field name: String) -> String? {
    last { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// Sets `name` to `value`, in place of earlier fields of that name in any case.
  public mutating func set(_ name: String, _ value: String) {
    removeAll { $0.name.lowercased() == name.lowercased() }
    append(HTTPHeader(name, value))
  }

  /// These fields with those of `others` set over them: what a user gives wins over what a protocol sends.
  public func overridden(by others: [HTTPHeader]) -> [HTTPHeader] {
    var result = self
    for header in others { result.set(header.name, header.value) }
    return result
  }
}

/// A response that was read to its end, with the request it answers; see `APIPlugin.finish(_:)`.
public struct FinishedResponse: Sendable {
  /// The request's body as it was sent.
  public var request: [UInt8]
  /// The data of each server-sent event in order (without `[DONE]`), or the one body of a plain answer.
  public var messages: [ArraySlice<UInt8>]
  /// Whether the answer was one body instead of events.
  public var isPlain: Bool
  /// Whether the body came to the end that HTTP gives it, instead of being cut off.
  public var isComplete: Bool
  /// What has been read; a plugin may correct it, token counts above all.
  public var reading: ResponseReading

  /// A finished response.
  public init(
    request: [UInt8], messages: [ArraySlice<UInt8>], isPlain: Bool, isComplete: Bool = true, reading: ResponseReading
  ) {
    self.request = request
    self.messages = messages
    self.isPlain = isPlain
    self.isComplete = isComplete
    self.reading = reading
  }
}

/// What an API plugin is made from: the options of the command line that concern the protocol.
public struct APIOptions: Sendable {
  /// `--model`.
  public var model: String
  /// The path and query of `--url`; "/" when the address has none.
  public var path: String
  /// `--query-template`: JSON text, or nil for the protocol's own default.
  public var template: String?
  /// `--headers`, to be set over the protocol's own.
  public var headers: [HTTPHeader]
  /// `--api-key`, or the environment's key; nil when none is given.
  public var apiKey: String?

  /// Options for a plugin.
  public init(
    model: String, path: String = "/", template: String? = nil, headers: [HTTPHeader] = [], apiKey: String? = nil
  ) {
    self.model = model
    self.path = path
    self.template = template
    self.headers = headers
    self.apiKey = apiKey
  }
}
