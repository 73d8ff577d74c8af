/// Takes a JSON text apart, without recursion.
struct JSONParser {
  private static let deepest = 512

  private let text: UTF8Bytes
  private var position = 0
  private(set) var nodes: [JSONDocument.Node] = []

  init(text: UTF8Bytes) { self.text = text }

  mutating func parse() throws(TokenizerError) {
    nodes.reserveCapacity(min(text.count / 6 + 16, 1 << 22))
    if text.hasPrefix([0xEF, 0xBB, 0xBF]) { position = 3 }
    // Open containers, innermost last.
    var open: [Int] = []
    var expectsValue = true
    while true {
      skipWhiteSpace()
      guard position < text.count else { throw fault("the text ends too early") }
      if expectsValue {
        try value(&open)
        expectsValue = false
        if let container = open.last, container == nodes.count - 1 {
          skipWhiteSpace()
          if position < text.count, text[position] == closer(container) { continue }
          if nodes[container].kind == .object { try key() }
          expectsValue = true
          continue
        }
      } else {
        guard let container = open.last else { throw fault("there is more text after the value") }
        let byte = text[position]
        position += 1
        if byte == closer(container) {
          nodes[container].next = UInt32(nodes.count)
          open.removeLast()
        } else if byte == UInt8(ascii: ",") {
          if nodes[container].kind == .object { try key() }
          expectsValue = true
        } else {
          throw fault("a comma or a closing bracket is missing", at: position - 1)
        }
      }
      if open.isEmpty {
        skipWhiteSpace()
        if position == text.count { return }
      }
    }
  }

  private func closer(_ container: Int) -> UInt8 {
    nodes[container].kind == .object ? UInt8(ascii: "}") : UInt8(ascii: "]")
  }

  private mutating func value(_ open: inout [Int]) throws(TokenizerError) {
    switch text[position] {
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard open.count < Self.deepest else { throw fault("the value is nested too deeply") }
      open.append(nodes.count)
      add(text[position] == UInt8(ascii: "{") ? .object : .array, position, position)
      position += 1
    case UInt8(ascii: "\""):
      try string()
    case UInt8(ascii: "t"):
      try word("true", .bool)
    case UInt8(ascii: "f"):
      try word("false", .bool)
    case UInt8(ascii: "n"):
      try word("null", .null)
    default:
      try number()
    }
  }

  private mutating func key() throws(TokenizerError) {
    skipWhiteSpace()
    guard position < text.count, text[position] == UInt8(ascii: "\"") else { throw fault("a key is missing") }
    try string()
    skipWhiteSpace()
    guard position < text.count, text[position] == UInt8(ascii: ":") else { throw fault("a colon is missing") }
    position += 1
  }

  private mutating func string() throws(TokenizerError) {
    position += 1
    let start = position
    var hasEscapes = false
    while position < text.count {
      let byte = text[position]
      if byte == UInt8(ascii: "\"") {
        add(.string, start, position, hasEscapes: hasEscapes)
        position += 1
        return
      }
      if byte == UInt8(ascii: "\\") {
        hasEscapes = true
        try escape()
      } else if byte < 0x20 {
        throw fault("a control character inside a string is not escaped")
      } else {
        position += 1
      }
    }
    throw fault("a string does not end", at: start)
  }

  private mutating func word(_ word: StaticString, _ kind: JSONDocument.Kind) throws(TokenizerError) {
    let length = word.utf8CodeUnitCount
    let wanted = UTF8Bytes(start: word.utf8Start, count: length)
    guard position + length <= text.count, text[position..<position + length].elementsEqual(wanted) else {
      throw fault("there is no such value")
    }
    add(kind, position, position + length)
    position += length
  }

  private mutating func escape() throws(TokenizerError) {
    guard position + 1 < text.count else { throw fault("a string does not end") }
    switch text[position + 1] {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 2
    case UInt8(ascii: "u"):
      for place in position + 2..<position + 6 {
        guard place < text.count, hexDigit(text[place]) != nil else { throw fault("there is no such escape") }
      }
      position += 6
    default: throw fault("there is no such escape")
    }
  }

  private mutating func number() throws(TokenizerError) {
    let start = position
    take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { take(UInt8(ascii: "-")) }
      try digits()
    }
    add(.number, start, position)
  }

  @discardableResult
  private mutating func take(_ byte: UInt8) -> Bool {
    guard position < text.count, text[position] == byte else { return false }
    position += 1
    return true
  }

  private mutating func digits() throws(TokenizerError) {
    let start = position
    while position < text.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= text[position] { position += 1 }
    guard position > start else { throw fault("there is no such value") }
  }

  @inline(__always)
  private mutating func add(_ kind: JSONDocument.Kind, _ start: Int, _ end: Int, hasEscapes: Bool = false) {
    nodes.append(
      JSONDocument.Node(
        start: UInt32(start), end: UInt32(end), next: UInt32(nodes.count + 1), kind: kind, hasEscapes: hasEscapes))
  }

  @inline(__always)
  private mutating func skipWhiteSpace() {
    while position < text.count {
      switch text[position] {
      case 0x20, 0x09, 0x0A, 0x0D: position += 1
      default: return
      }
    }
  }

  private func fault(_ what: String, at place: Int? = nil) -> TokenizerError {
    .malformed("is not JSON: \(what) (byte \(place ?? position))")
  }
}
