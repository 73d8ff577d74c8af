import LLMPerf

/// Writes values as a Python pickle of protocol 4 (PEP 3154): what `pickle.loads` makes dictionaries, lists and strings of.
/// Frames and memo entries are optional in the format and left out.
struct PickleWriter {
  private(set) var bytes: [UInt8] = []

  private enum Opcode {
    static let proto: [UInt8] = [0x80, 4]
    static let mark = UInt8(ascii: "(")
    static let emptyDictionary = UInt8(ascii: "}")
    static let setItems = UInt8(ascii: "u")
    static let emptyList = UInt8(ascii: "]")
    static let appends = UInt8(ascii: "e")
    static let shortUnicode: UInt8 = 0x8C
    static let unicode = UInt8(ascii: "X")
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

  mutating func value(_ json: JSON) {
    switch json {
    case .null: bytes.append(Opcode.none)
    case .bool(let value): bytes.append(value ? Opcode.newTrue : Opcode.newFalse)
    case .number(let text): number(text)
    case .string(var text): text.withUTF8 { rawString($0) }
    case .array(let elements):
      beginList()
      for element in elements { value(element) }
      endList()
    case .object(let members):
      bytes.append(Opcode.emptyDictionary)
      bytes.append(Opcode.mark)
      for member in members {
        var key = member.key
        key.withUTF8 { rawString($0) }
        value(member.value)
      }
      bytes.append(Opcode.setItems)
    }
  }

  private mutating func rawString(_ text: UnsafeBufferPointer<UInt8>) {
    if text.count < 256 {
      bytes.append(Opcode.shortUnicode)
      bytes.append(UInt8(text.count))
    } else {
      bytes.append(Opcode.unicode)
      append(UInt32(text.count).littleEndian)
    }
    bytes.append(contentsOf: text)
  }

  private mutating func number(_ text: String) {
    if let value = Int32(text) {
      bytes.append(Opcode.int32)
      append(value.littleEndian)
    } else if text.utf8.allSatisfy({ $0 == UInt8(ascii: "-") || 0x30...0x39 ~= $0 }) {
      bytes.append(Opcode.decimalInt)
      bytes += text.utf8
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
    var seen: UInt64 = 0
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
