/// What one request asks: the text of a user message, or a whole list of messages.
public struct Prompt: Sendable, Hashable {
  /// What the prompt holds.
  public enum Content: Sendable, Hashable {
    /// UTF-8 text, the content of one user message.
    case text([UInt8])
    /// A JSON value in UTF-8, usually an array of messages. It takes the place of a template string that is exactly `%p`.
    case json([UInt8])
  }

  /// What the prompt holds.
  public var content: Content

  /// A prompt of one user message. `utf8` must be valid UTF-8.
  public init(utf8: [UInt8]) {
    content = .text(utf8)
  }

  /// A prompt of one user message.
  public init(_ text: String) {
    content = .text(Array(text.utf8))
  }

  /// A prompt that is a JSON value of its own, such as an array of messages.
  public init(json: [UInt8]) {
    content = .json(json)
  }

  /// The bytes as they are: UTF-8 text, or JSON.
  public var bytes: [UInt8] {
    switch content {
    case .text(let bytes), .json(let bytes): bytes
    }
  }

  /// The text or JSON as a string.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  /// The prompt's length in Unicode scalars, the unit of `--min-prompt-length` and `--max-prompt-length`.
  public var scalarCount: Int {
    bytes.scalarCount
  }
}

extension [UInt8] {
  /// The length of this UTF-8 text in Unicode scalars.
  var scalarCount: Int {
    var count = 0
    for byte in self where byte & 0xC0 != 0x80 { count += 1 }
    return count
  }
}
