/// Options as YAML text, for `--print-config`: what is printed reads back as the same values.
public enum YAMLText {
  /// `options` as a block map, in order. Values that are null are written as comments, since null means "not given".
  public static func render(_ options: [(name: String, value: JSON)]) -> String {
    options.map { option in
      if option.value == .null { return "# \(option.name):\n" }
      return key(option.name) + ":" + value(option.value, indent: 1)
    }.joined()
  }

  private static func value(_ value: JSON, indent: Int) -> String {
    let margin = String(repeating: "  ", count: indent)
    switch value {
    case .array(let elements) where !elements.isEmpty:
      return "\n" + elements.map { margin + "-" + self.value($0, indent: indent + 1) }.joined()
    case .object(let members) where !members.isEmpty:
      return "\n" + members.map { margin + key($0.key) + ":" + self.value($0.value, indent: indent + 1) }.joined()
    case .string(let text): return " " + scalar(text) + "\n"
    default: return " " + value.description + "\n"
    }
  }

  private static func key(_ text: String) -> String { scalar(text) }

  /// `text` plain where nothing else could be read from it, else in double quotes with JSON's escapes, which YAML 1.2 shares.
  private static func scalar(_ text: String) -> String {
    isPlain(text) ? text : JSON.string(text).description
  }

  private static func isPlain(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, isLetter(first) || first == "/" || first == "_" else { return false }
    // Words that YAML 1.1 or 1.2 reads as something else than text.
    let reserved: Set = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    guard !reserved.contains(text.lowercased()) else { return false }
    return text.unicodeScalars.allSatisfy {
      isLetter($0) || ("0"..."9").contains($0) || "_-./".unicodeScalars.contains($0)
    }
  }

  private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
    ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar)
  }
}
