/// Why one request failed; the run goes on without it.
public struct RequestFailure: Error, Sendable, Hashable {
  /// The class that the report counts it under.
  public var code: Code
  /// One line: what happened, and what to check. Much of it is a service's own words, so it is bounded and holds nothing
  /// that a terminal would obey.
  public private(set) var message: String

  private static let longestMessage = 1000

  /// A failure of class `code`.
  public init(_ code: Code, _ message: String) {
    self.code = code
    self.message = message.oneLine(atMost: Self.longestMessage)
  }

  /// The class of a failure.
  public struct Code: Sendable, Hashable, CustomStringConvertible {
    private enum Kind: Hashable {
      case named(String)
      case status(Int)
    }

    private let kind: Kind

    private init(_ kind: Kind) { self.kind = kind }

    /// The connection was refused.
    public static let refused = Code(.named("refused"))
    /// The host name could not be resolved.
    public static let dns = Code(.named("dns"))
    /// The TLS handshake failed.
    public static let tls = Code(.named("tls"))
    /// No connection within `--connect-timeout`.
    public static let connectTimeout = Code(.named("connect-timeout"))
    /// No byte for `--read-timeout`.
    public static let readTimeout = Code(.named("read-timeout"))
    /// The connection was reset, or closed before a response came.
    public static let reset = Code(.named("reset"))
    /// The response stopped before its end.
    public static let truncated = Code(.named("truncated"))
    /// The service reported an error inside a response whose status promised an answer.
    public static let inBand = Code(.named("in-band-error"))
    /// The response was complete and held nothing.
    public static let empty = Code(.named("empty"))
    /// The bytes were not what the protocol says: not HTTP/1.1, broken JSON, an unknown content coding.
    public static let malformed = Code(.named("malformed"))
    /// The run ended before the request had: it was cut, or never sent, which is no failure of the service.
    public static let cancelled = Code(.named("cancelled"))
    /// A rule of the run left the answer before its end, which is no failure either.
    public static let abandoned = Code(.named("abandoned"))
    /// Its session ended before it, so that it was not sent.
    public static let skipped = Code(.named("skipped"))
    /// The client itself could not go on.
    public static let client = Code(.named("client-error"))
    /// The protocol's plugin could not read the response.
    public static let plugin = Code(.named("plugin-error"))
    /// A status other than 200 to 299.
    public static func httpStatus(_ status: Int) -> Code { Code(.status(status)) }

    /// The class as it stands in reports and in the database: `refused`, `http-503`, …
    public var description: String {
      switch kind {
      case .named(let name): name
      case .status(let status): "http-\(status)"
      }
    }

    /// The class written as `description`.
    public init(parsing text: String) {
      if text.hasPrefix("http-"), let status = Int(text.dropFirst(5)) {
        kind = .status(status)
      } else {
        kind = .named(text.oneLine(atMost: 64))
      }
    }
  }
}
