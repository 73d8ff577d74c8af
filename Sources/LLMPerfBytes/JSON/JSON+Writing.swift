extension JSON: CustomStringConvertible {
  /// The value as compact JSON text.
  public var description: String { String(decoding: utf8(), as: UTF8.self) }

  /// The value as JSON text in UTF-8. With `indented`, one member or element a line, two spaces a level.
  public func utf8(indented: Bool = false) -> [UInt8] {
    var output: [UInt8] = []
    write(to: &output, indent: indented ? 0 : nil)
    return output
  }

  /// Appends the value as compact JSON text.
  package func write(to output: inout [UInt8]) {
    write(to: &output, indent: nil)
  }

  private func write(to output: inout [UInt8], indent: Int?) {
    switch self {
    case .null: output.append(contentsOf: "null".utf8)
    case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
    case .number(let text): output.append(contentsOf: text.utf8)
    case .string(let text): JSON.writeString(text, to: &output)
    case .array(let elements):
      JSON.writeContainer("[", "]", elements, to: &output, indent: indent) { element, output, indent in
        element.write(to: &output, indent: indent)
      }
    case .object(let members):
      JSON.writeContainer("{", "}", members, to: &output, indent: indent) { member, output, indent in
        JSON.writeString(member.key, to: &output)
        output.append(contentsOf: (indent == nil ? ":" : ": ").utf8)
        member.value.write(to: &output, indent: indent)
      }
    }
  }

  private static func writeContainer<Element>(
    _ open: Unicode.Scalar, _ close: Unicode.Scalar, _ elements: [Element], to output: inout [UInt8], indent: Int?,
    write: (Element, inout [UInt8], Int?) -> Void
  ) {
    output.append(UInt8(ascii: open))
    let inner = indent.map { $0 + 1 }
    for (position, element) in elements.enumerated() {
      if position > 0 { output.append(UInt8(ascii: ",")) }
      if let inner { newLine(inner, &output) }
      write(element, &output, inner)
    }
    if let indent, !elements.isEmpty { newLine(indent, &output) }
    output.append(UInt8(ascii: close))
  }

  private static func newLine(_ indent: Int, _ output: inout [UInt8]) {
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
  }

  package static func writeString(_ text: String, to output: inout [UInt8]) {
    output.append(UInt8(ascii: "\""))
    var text = text
    text.withUTF8 { JSONString.encode($0, into: &output) }
    output.append(UInt8(ascii: "\""))
  }
}
