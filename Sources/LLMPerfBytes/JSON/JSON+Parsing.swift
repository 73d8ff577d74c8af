extension JSON {
  /// Where and why bytes are not JSON.
  public struct ParseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The offset of the byte at which reading stopped.
    public var offset: Int
    /// What was expected there.
    public var message: String

    public var description: String { "\(message) at byte \(offset)" }
  }

  /// Parses one JSON value (RFC 8259) and nothing after it but white space.
  ///
  /// Half of a surrogate pair in an escape is read as U+FFFD.
  ///
  /// - Throws: `ParseError`. Values nested deeper than 512 levels are refused.
  public init(parsing utf8: some Sequence<UInt8>) throws(ParseError) {
    try self.init(Array(utf8), refusingHalfSurrogates: false)
  }

  /// Parses one JSON value that is to be sent: the same as `init(parsing:)`, but every string in it must be Unicode.
  package init(toSend utf8: some Sequence<UInt8>) throws(ParseError) {
    try self.init(Array(utf8), refusingHalfSurrogates: true)
  }

  private init(_ bytes: [UInt8], refusingHalfSurrogates: Bool) throws(ParseError) {
    let result: Result<JSON, ParseError> = bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer, refusingHalfSurrogates: refusingHalfSurrogates)
      do throws(ParseError) {
        let value = try scanner.value()
        scanner.skipWhiteSpace()
        guard scanner.isAtEnd else { throw scanner.error("the end of the text expected") }
        return .success(value)
      } catch {
        return .failure(error)
      }
    }
    self = try result.get()
  }

  /// Parses one JSON value; see `init(parsing:)`.
  public init(_ text: String) throws(ParseError) {
    try self.init(parsing: text.utf8)
  }
}

extension JSONScanner {
  /// Reads the value at the cursor as a tree.
  package mutating func value() throws(JSON.ParseError) -> JSON {
    switch try kind() {
    case .object:
      var members: [JSON.Member] = []
      try enterObject()
      while try nextKey() { members.append(JSON.Member(String(decoding: keyBytes(), as: UTF8.self), try value())) }
      return .object(members)
    case .array:
      var elements: [JSON] = []
      try enterArray()
      while try nextElement() { elements.append(try value()) }
      return .array(elements)
    case .string:
      return .string(try string())
    case .number:
      return .number(String(decoding: try numberBytes(), as: UTF8.self))
    case .true, .false:
      return .bool(try bool())
    case .null:
      try skip()
      return .null
    }
  }
}
