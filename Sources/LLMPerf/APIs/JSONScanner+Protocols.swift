/// Values in forms that several protocols share.
extension JSONScanner {
  /// Appends the names and arguments of the tool calls at the cursor, at whatever depth they stand.
  package mutating func appendToolCalls(to output: inout [UInt8]) throws(JSON.ParseError) {
    switch try kind() {
    case .array:
      try enterArray()
      while try nextElement() { try appendToolCalls(to: &output) }
    case .object:
      try enterObject()
      while try nextKey() {
        if keyIs("name") || keyIs("arguments") {
          _ = try appendString(to: &output)
        } else if keyIs("function") {
          try appendToolCalls(to: &output)
        } else {
          try skip()
        }
      }
    default: try skip()
    }
  }

  /// Appends the text at the cursor, whatever its form: a string, a part `{"text": …}`, or a list of these.
  package mutating func appendText(to output: inout [UInt8]) throws(JSON.ParseError) {
    switch try kind() {
    case .string: _ = try appendString(to: &output)
    case .array:
      try enterArray()
      while try nextElement() { try appendText(to: &output) }
    case .object:
      try enterObject()
      while try nextKey() {
        if keyIs("text") || keyIs("content") || keyIs("value") { try appendText(to: &output) } else { try skip() }
      }
    default: try skip()
    }
  }

  /// The string at the cursor, or a number by its text; nil, and the value skipped, for anything else.
  package mutating func textIfPresent() throws(JSON.ParseError) -> String? {
    guard try kind() == .number else { return try stringIfPresent() }
    return String(decoding: try numberBytes(), as: UTF8.self)
  }
}
