extension String {
  /// The text with everything shown that a terminal or a browser would obey instead: `\u{1B}` stands for an escape.
  ///
  /// - Parameter keepingLines: Whether line feeds and tabs stay as they are.
  package func harmless(keepingLines: Bool = false) -> String {
    func isPlain(_ byte: UInt8) -> Bool { 0x20...0x7E ~= byte || keepingLines && (byte == 0x0A || byte == 0x09) }
    if utf8.allSatisfy(isPlain) { return self }
    var output = ""
    for scalar in unicodeScalars {
      if scalar.isObeyed, !(keepingLines && (scalar == "\n" || scalar == "\t")) {
        output += "\\u{\(String(scalar.value, radix: 16, uppercase: true))}"
      } else {
        output.unicodeScalars.append(scalar)
      }
    }
    return output
  }

  /// The text on one harmless line: line breaks and tabs are blanks, and what is longer than `limit` scalars is cut off
  /// with an ellipsis.
  package func oneLine(atMost limit: Int) -> String {
    if utf8.count <= limit, utf8.allSatisfy({ 0x20...0x7E ~= $0 }) { return self }
    var line = ""
    var count = 0
    var owesBlank = false
    for scalar in unicodeScalars {
      if scalar.isLineBreak || scalar == "\t" {
        owesBlank = !line.isEmpty
        continue
      }
      let length = owesBlank ? 2 : 1
      guard count + length <= limit else { return line.harmless() + "…" }
      if owesBlank { line += " " }
      count += length
      owesBlank = false
      line.unicodeScalars.append(scalar)
    }
    return line.harmless()
  }
}

extension Unicode.Scalar {
  /// Whether a terminal or a browser acts on it instead of showing it: the controls of C0 and C1 and DEL, the marks that
  /// turn the direction of writing, line and paragraph separators, and the invisible ones that belong to no script.
  package var isObeyed: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB,
      0xE0000...0xE0FFF:
      true
    default: false
    }
  }

  fileprivate var isLineBreak: Bool {
    switch value {
    case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
