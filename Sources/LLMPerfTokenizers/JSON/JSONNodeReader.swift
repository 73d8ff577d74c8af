import LLMPerfBytes

/// Takes a JSON text apart into the nodes of a document.
struct JSONNodeReader {
  private var scanner: JSONScanner
  private(set) var nodes: [JSONDocument.Node] = []

  init(_ text: UTF8Bytes) {
    // Some editors begin files with a byte order mark.
    scanner = JSONScanner(text, from: text.hasPrefix([0xEF, 0xBB, 0xBF]) ? 3 : 0)
    nodes.reserveCapacity(min(text.count / 6 + 16, 1 << 22))
  }

  /// Reads the whole text.
  mutating func read() throws(JSON.ParseError) {
    try value()
    try scanner.expectEnd()
  }

  private mutating func value() throws(JSON.ParseError) {
    let place = nodes.count
    switch try scanner.kind() {
    case .object:
      try scanner.enterObject()
      add(.object, 0..<0)
      while try scanner.nextKey() {
        add(.string, scanner.key, hasEscapes: scanner.keyHasEscape)
        try value()
      }
      nodes[place].next = UInt32(nodes.count)
    case .array:
      try scanner.enterArray()
      add(.array, 0..<0)
      while try scanner.nextElement() { try value() }
      nodes[place].next = UInt32(nodes.count)
    case .string:
      let inside = try scanner.stringRange()
      add(.string, inside, hasEscapes: scanner.stringHasEscape)
    case .number:
      let start = scanner.offset
      _ = try scanner.numberBytes()
      add(.number, start..<scanner.offset)
    case .true, .false: try word(.bool)
    case .null: try word(.null)
    }
  }

  private mutating func word(_ kind: JSONDocument.Kind) throws(JSON.ParseError) {
    let start = scanner.offset
    try scanner.skip()
    add(kind, start..<scanner.offset)
  }

  @inline(__always)
  private mutating func add(_ kind: JSONDocument.Kind, _ range: Range<Int>, hasEscapes: Bool = false) {
    nodes.append(
      JSONDocument.Node(
        start: UInt32(range.lowerBound), end: UInt32(range.upperBound), next: UInt32(nodes.count + 1), kind: kind,
        hasEscapes: hasEscapes))
  }
}
