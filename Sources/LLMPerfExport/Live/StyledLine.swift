import LLMPerf

/// A line of a terminal: pieces of text, each in one style.
struct StyledLine: Sendable, Hashable {
  enum Style: String, Sendable {
    case plain = ""
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case cyan = "36"
  }

  private(set) var pieces: [(text: String, style: Style)] = []

  init() {}

  init(_ text: String, _ style: Style = .plain) {
    append(text, style)
  }

  mutating func append(_ text: String, _ style: Style = .plain) {
    // What a terminal would obey in a service's text must not reach it.
    let isSafe = !text.unicodeScalars.contains(where: \.isObeyed)
    pieces.append(
      (isSafe ? text : String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isObeyed ? " " : $0 })), style))
  }

  /// The line's length in characters.
  var width: Int { pieces.reduce(0) { $0 + $1.text.count } }

  /// The text without styles.
  var text: String { pieces.map(\.text).joined() }

  /// The line for a terminal, cut off at `columns`, and its length then.
  func rendered(columns: Int, isColored: Bool) -> (text: String, width: Int) {
    var (output, left) = ("", columns)
    for (text, style) in pieces where left > 0 {
      let part = text.count <= left ? text : String(text.prefix(left - 1)) + "…"
      left -= part.count
      output += isColored && style != .plain ? "\u{1B}[\(style.rawValue)m\(part)\u{1B}[0m" : part
    }
    return (output, columns - left)
  }

  static func == (a: StyledLine, b: StyledLine) -> Bool {
    a.pieces.map(\.text) == b.pieces.map(\.text) && a.pieces.map(\.style) == b.pieces.map(\.style)
  }

  func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
