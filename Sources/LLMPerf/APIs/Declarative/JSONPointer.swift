/// A place in a JSON value (RFC 6901). The step `*`, or `-`, stands for any element of an array.
struct JSONPointer: Sendable, Hashable {
  /// One step down.
  enum Step: Sendable, Hashable {
    /// A member's key; of an array, the element with this number.
    case key(String)
    case anyElement
  }

  let steps: [Step]

  /// Parses a pointer; nil unless it is empty or begins with a slash.
  init?(_ text: String) {
    guard text.isEmpty || text.hasPrefix("/") else { return nil }
    var steps: [Step] = []
    for token in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      if token == "*" || token == "-" {
        steps.append(.anyElement)
      } else {
        guard let key = Self.unescaped(token) else { return nil }
        steps.append(.key(key))
      }
    }
    self.steps = steps
  }

  /// `~1` is a slash, `~0` a tilde, and nothing else may follow a tilde.
  private static func unescaped(_ token: Substring) -> String? {
    var key = ""
    var rest = token
    while let character = rest.popFirst() {
      guard character == "~" else {
        key.append(character)
        continue
      }
      switch rest.popFirst() {
      case "0": key.append("~")
      case "1": key.append("/")
      default: return nil
      }
    }
    return key
  }
}
