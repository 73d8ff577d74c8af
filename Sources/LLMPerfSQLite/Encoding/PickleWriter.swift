import LLMPerf

/// Writes values as a Python pickle of protocol 4 (PEP 3154): what `pickle.loads` makes dictionaries, lists and strings of.
/// Frames and memo entries are optional in the format and left out.
struct PickleWriter {
  private(set) var bytes: [UInt8] = []
  /// A string whose escapes have been decoded.
  private var decoded: [UInt8] = []

  private enum Opcode {
    static let proto: [UInt8] = [0x80, 4]
    static let mark = UInt8(ascii: "(")
    static let emptyDictionary = UInt8(ascii: "}")
    static let setItems = UInt8(ascii: "u")
    static let emptyList = UInt8(ascii: "]")
    static let appends = UInt8(ascii: "e")
    static let shortUnicode: UInt8 = 0x8C
    static let unicode = UInt8(ascii: "X")
    static let longUnicode: UInt8 = 0x8D
    static let none = UInt8(ascii: "N")
    static let newTrue: UInt8 = 0x88
    static let newFalse: UInt8 = 0x89
    static let int32 = UInt8(ascii: "J")
    static let decimalInt = UInt8(ascii: "I")
    static let float = UInt8(ascii: "G")
    static let stop = UInt8(ascii: ".")
  }

  /// Begins a pickle in place of what was written before.
  mutating func begin() {
    bytes.removeAll(keepingCapacity: true)
    bytes += Opcode.proto
  }

  /// Ends the pickle.
  mutating func end() {
    bytes.append(Opcode.stop)
  }

  mutating func beginList() {
    bytes.append(Opcode.emptyList)
    bytes.append(Opcode.mark)
  }

  mutating func endList() {
    bytes.append(Opcode.appends)
  }

  /// A string of UTF-8; ill-formed bytes become U+FFFD, since Python refuses them.
  mutating func string(_ text: UnsafeBufferPointer<UInt8>) {
    if text.isASCII || String(validating: text, as: UTF8.self) != nil {
      rawString(text)
    } else {
      var repaired = String(decoding: text, as: UTF8.self)
      repaired.withUTF8 { rawString($0) }
    }
  }

  /// The value that `text` is in JSON, as dictionaries, lists and so on; `text` itself as a string when it is not JSON.
  mutating func jsonOrString(_ text: UnsafeBufferPointer<UInt8>) {
    let start = bytes.count
    var scanner = JSONScanner(text)
    do {
      try value(&scanner, of: text)
      try scanner.expectEnd()
    } catch {
      bytes.removeSubrange(start...)
      string(text)
    }
  }

  private mutating func value(
    _ scanner: inout JSONScanner, of text: UnsafeBufferPointer<UInt8>
  ) throws(JSON.ParseError) {
    switch try scanner.kind() {
    case .null:
      try scanner.skip()
      bytes.append(Opcode.none)
    case .true, .false: bytes.append(try scanner.bool() ? Opcode.newTrue : Opcode.newFalse)
    case .number: number(try scanner.numberBytes())
    case .string: jsonString(try scanner.stringRange(), of: text)
    case .array:
      beginList()
      try scanner.enterArray()
      while try scanner.nextElement() { try value(&scanner, of: text) }
      endList()
    case .object:
      bytes.append(Opcode.emptyDictionary)
      bytes.append(Opcode.mark)
      try scanner.enterObject()
      while try scanner.nextKey() {
        jsonString(scanner.key, of: text)
        try value(&scanner, of: text)
      }
      bytes.append(Opcode.setItems)
    }
  }

  /// The string whose inside, escapes and all, lies at `range`.
  private mutating func jsonString(_ range: Range<Int>, of text: UnsafeBufferPointer<UInt8>) {
    let inside = UnsafeBufferPointer(rebasing: text[range])
    guard inside.contains(UInt8(ascii: "\\")) else { return string(inside) }
    decoded.removeAll(keepingCapacity: true)
    JSONString.decode(inside, into: &decoded)
    decoded.withUnsafeBufferPointer { string($0) }
  }

  private mutating func rawString(_ text: UnsafeBufferPointer<UInt8>) {
    if text.count < 256 {
      bytes.append(Opcode.shortUnicode)
      bytes.append(UInt8(text.count))
    } else if let count = UInt32(exactly: text.count) {
      bytes.append(Opcode.unicode)
      append(count.littleEndian)
    } else {
      bytes.append(Opcode.longUnicode)
      append(UInt64(text.count).littleEndian)
    }
    bytes.append(contentsOf: text)
  }

  private mutating func number(_ digits: UnsafeBufferPointer<UInt8>) {
    let text = String(decoding: digits, as: UTF8.self)
    if let value = Int32(text) {
      bytes.append(Opcode.int32)
      append(value.littleEndian)
    } else if digits.allSatisfy({ $0 == UInt8(ascii: "-") || 0x30...0x39 ~= $0 }) {
      bytes.append(Opcode.decimalInt)
      bytes += digits
      bytes.append(0x0A)
    } else {
      bytes.append(Opcode.float)
      append((Double(text) ?? .nan).bitPattern.bigEndian)
    }
  }

  private mutating func append<Value: FixedWidthInteger>(_ value: Value) {
    withUnsafeBytes(of: value) { bytes.append(contentsOf: $0) }
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// Whether no byte has its highest bit set.
  var isASCII: Bool {
    let raw = UnsafeRawBufferPointer(self)
    var offset = 0
    var many = SIMD4<UInt64>(repeating: 0)
    while raw.count - offset >= 32 {
      many |= raw.loadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
      offset += 32
    }
    var seen = many[0] | many[1] | many[2] | many[3]
    while raw.count - offset >= 8 {
      seen |= raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      offset += 8
    }
    while offset < raw.count {
      seen |= UInt64(raw[offset])
      offset += 1
    }
    return seen & 0x8080_8080_8080_8080 == 0
  }
}
