/// What one request of a session asks, and when.
public struct Turn: Sendable, Hashable {
  /// What a request holds.
  public enum Content: Sendable, Hashable {
    /// A prompt, of which the protocol makes a body.
    case prompt(Prompt)
    /// A body as it is.
    case body([UInt8])

    /// The bytes as they are: of the prompt, or the body.
    public var bytes: [UInt8] {
      switch self {
      case .prompt(let prompt): prompt.bytes
      case .body(let body): body
      }
    }
  }

  /// What the request is counted under.
  public struct Labels: Sendable, Hashable {
    /// The class of requests; nil where there are no classes.
    public var `class`: String?
    /// Whose request it is; nil where that is nobody's in particular.
    public var tenant: String?
    /// The number of the group whose requests begin alike; nil where there are no such groups.
    public var prefixGroup: Int?

    /// Labels; none that is not given.
    public init(class: String? = nil, tenant: String? = nil, prefixGroup: Int? = nil) {
      self.class = `class`
      self.tenant = tenant
      self.prefixGroup = prefixGroup
    }
  }

  /// What the request holds.
  public var content: Content
  /// How long after the end of the answer before it the request is due. The first turn of a session is due when the load says
  /// so, and has none.
  public var thinkTime: Duration
  /// The planned length of the answer in tokens; nil where it is not planned.
  public var outputTokens: Int?
  /// The model that is asked; nil for the run's.
  public var model: String?
  /// What it is counted under.
  public var labels = Labels()
  /// Whether the session is over with it for certain. It is not asked for another one then, and its place is free at once.
  public var isLast: Bool

  /// The prompt; an empty one for a body as it is.
  var prompt: Prompt {
    if case .prompt(let prompt) = content { prompt } else { Prompt(utf8: []) }
  }

  /// A turn.
  public init(_ content: Content, thinkTime: Duration = .zero, isLast: Bool = false) {
    self.content = content
    self.thinkTime = thinkTime
    self.isLast = isLast
  }

  /// A turn that asks `prompt`.
  public init(_ prompt: Prompt, thinkTime: Duration = .zero, isLast: Bool = false) {
    self.init(.prompt(prompt), thinkTime: thinkTime, isLast: isLast)
  }
}
