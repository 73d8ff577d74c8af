/// Sentences broken between words, for a terminal.
package enum WrappedText {
  /// The lines of `text`, none longer than `columns` unless a single word is; all but the first begin with `hanging`
  /// blanks. What `text` begins with, blanks too, stays.
  package static func lines(_ text: String, columns: Int, hanging: Int = 0) -> [String] {
    var lines: [String] = []
    var line = String(text.prefix { $0 == " " })
    var isEmpty = true
    for word in text.split(separator: " ") {
      if !isEmpty, line.count + 1 + word.count > columns {
        lines.append(line)
        line = String(repeating: " ", count: hanging)
        isEmpty = true
      }
      line += (isEmpty ? "" : " ") + word
      isEmpty = false
    }
    return lines + [line]
  }
}
