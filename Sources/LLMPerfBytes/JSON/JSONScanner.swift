/// A cursor over JSON text that reads what is asked for and skips the rest, without building a tree.
///
/// It walks containers in place: `enterObject()`, then `nextKey()` until it answers false, reading or skipping each
/// value in between; arrays likewise. Used on every event of a stream, so it allocates only for the strings it returns.
/// The buffer must outlive the scanner.
public struct JSONScanner {
  /// The type of the value at the cursor.
  public enum Kind: Sendable { case object, array, string, number, `true`, `false`, null }

  /// The offset of the next byte.
  public private(set) var offset = 0
  /// The key that `nextKey()` found, without its quotation marks and with its escapes.
  public private(set) var key: Range<Int> = 0..<0

  /// Where the inside of the last string lies.
  public private(set) var lastString: Range<Int> = 0..<0

  @usableFromInline let bytes: UnsafeBufferPointer<UInt8>
  /// Whether the last key, and the last string, has an escape in it.
  public private(set) var keyHasEscape = false
  public private(set) var stringHasEscape = false
  private var isFirst = false
  private var depth = 0

  static let deepest = 512

  private let refusesHalfSurrogates: Bool

  /// A cursor at `start`. Half of a surrogate pair in an escape is U+FFFD, unless it is to be refused.
  public init(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int = 0, refusingHalfSurrogates: Bool = false) {
    self.bytes = bytes
    offset = start
    refusesHalfSurrogates = refusingHalfSurrogates
  }

  /// Whether nothing is left.
  public var isAtEnd: Bool { offset >= bytes.count }

  /// The error `message`, at the cursor.
  public func error(_ message: String) -> JSON.ParseError {
    JSON.ParseError(offset: offset, message: message)
  }

  /// Moves to the next byte that is no white space.
  public mutating func skipWhiteSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0A, 0x0D: offset += 1
      default: return
      }
    }
  }

  /// The type of the value at the cursor, which stays where it is.
  public mutating func kind() throws(JSON.ParseError) -> Kind {
    skipWhiteSpace()
    guard offset < bytes.count else { throw error("a value expected, but the text ends") }
    switch bytes[offset] {
    case UInt8(ascii: "{"): return .object
    case UInt8(ascii: "["): return .array
    case UInt8(ascii: "\""): return .string
    case UInt8(ascii: "t"): return .true
    case UInt8(ascii: "f"): return .false
    case UInt8(ascii: "n"): return .null
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number
    default: throw error("a value expected")
    }
  }

  /// Steps into the object at the cursor.
  public mutating func enterObject() throws(JSON.ParseError) {
    try enter(UInt8(ascii: "{"), "an object expected")
  }

  /// Steps into the array at the cursor.
  public mutating func enterArray() throws(JSON.ParseError) {
    try enter(UInt8(ascii: "["), "an array expected")
  }

  /// Moves to the next member's value and sets `key`; false, and out of the object, when there is none.
  public mutating func nextKey() throws(JSON.ParseError) -> Bool {
    guard try next(closing: UInt8(ascii: "}")) else { return false }
    skipWhiteSpace()
    (key, keyHasEscape) = try scanString()
    try expect(UInt8(ascii: ":"), "':' expected")
    return true
  }

  /// Moves to the next element; false, and out of the array, when there is none.
  public mutating func nextElement() throws(JSON.ParseError) -> Bool {
    try next(closing: UInt8(ascii: "]"))
  }

  /// Whether the last key is `name`. Keys written with escapes are compared after decoding.
  @inlinable @inline(__always)
  public func keyIs(_ name: StaticString) -> Bool {
    if keyHasEscape { return name.withUTF8Buffer { keyBytes().elementsEqual($0) } }
    return holds(name, at: key)
  }

  /// Whether the last key is `name`, in UTF-8.
  public func keyEquals(_ name: [UInt8]) -> Bool {
    if keyHasEscape { return keyBytes() == name }
    return key.count == name.count && UnsafeBufferPointer(rebasing: bytes[key]).elementsEqual(name)
  }

  /// Whether the bytes at `range` are those of `word`, escapes as they are.
  @inlinable @inline(__always)
  public func holds(_ word: StaticString, at range: Range<Int>) -> Bool {
    bytes.holds(word, at: range)
  }

  /// The last key's bytes, escapes decoded.
  public func keyBytes() -> [UInt8] {
    var decoded: [UInt8] = []
    JSONString.decode(UnsafeBufferPointer(rebasing: bytes[key]), into: &decoded)
    return decoded
  }

  /// Reads the string at the cursor; its range excludes the quotation marks and includes escapes.
  public mutating func stringRange() throws(JSON.ParseError) -> Range<Int> {
    (lastString, stringHasEscape) = try scanString()
    return lastString
  }

  @inline(__always)
  private mutating func scanString() throws(JSON.ParseError) -> (Range<Int>, hasEscape: Bool) {
    guard offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") else { throw error("a string expected") }
    guard let (end, hasEscape) = JSONString.scan(bytes, from: offset + 1) else {
      let fault = JSONString.fault(in: bytes, from: offset + 1)
      throw JSON.ParseError(offset: fault.offset, message: fault.message)
    }
    if refusesHalfSurrogates, hasEscape,
      let half = JSONString.halfSurrogate(in: UnsafeBufferPointer(rebasing: bytes[offset + 1..<end]))
    {
      throw JSON.ParseError(offset: offset + 1 + half, message: "half of a surrogate pair, which is no character,")
    }
    let range = offset + 1..<end
    offset = end + 1
    return (range, hasEscape)
  }

  /// Reads the string at the cursor, escapes decoded.
  public mutating func string() throws(JSON.ParseError) -> String {
    skipWhiteSpace()
    let range = try stringRange()
    var decoded: [UInt8] = []
    JSONString.decode(UnsafeBufferPointer(rebasing: bytes[range]), into: &decoded)
    return String(decoding: decoded, as: UTF8.self)
  }

  /// Reads the string at the cursor if it is one, appends it decoded to `output`, and says how long it was; nil, and the
  /// value skipped, for anything else.
  public mutating func appendString(to output: inout [UInt8]) throws(JSON.ParseError) -> Int? {
    guard try kind() == .string else {
      try skip()
      return nil
    }
    let range = try stringRange()
    JSONString.decode(UnsafeBufferPointer(rebasing: bytes[range]), into: &output)
    return range.count
  }

  /// Reads the string at the cursor if it is one; nil, and the value skipped, for anything else.
  public mutating func stringIfPresent() throws(JSON.ParseError) -> String? {
    guard try kind() == .string else {
      try skip()
      return nil
    }
    return try string()
  }

  /// Reads the whole number at the cursor if it is one; nil, and the value skipped, for anything else.
  public mutating func intIfPresent() throws(JSON.ParseError) -> Int? {
    guard try kind() == .number else {
      try skip()
      return nil
    }
    let digits = try numberBytes()
    if digits.count < 19, digits.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) {
      return digits.reduce(0) { $0 * 10 + Int($1 &- UInt8(ascii: "0")) }
    }
    let text = String(decoding: digits, as: UTF8.self)
    return Int(text) ?? Double(text).flatMap { Int(exactly: $0) }
  }

  /// Reads the truth value at the cursor.
  public mutating func bool() throws(JSON.ParseError) -> Bool {
    switch try kind() {
    case .true:
      try literal("true")
      return true
    case .false:
      try literal("false")
      return false
    default: throw error("true or false expected")
    }
  }

  /// The text of the number at the cursor, checked against JSON's grammar.
  public mutating func numberBytes() throws(JSON.ParseError) -> UnsafeBufferPointer<UInt8> {
    skipWhiteSpace()
    let start = offset
    take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try digits() }
    if take(UInt8(ascii: ".")) { try digits() }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      if !take(UInt8(ascii: "+")) { take(UInt8(ascii: "-")) }
      try digits()
    }
    return UnsafeBufferPointer(rebasing: bytes[start..<offset])
  }

  /// Skips the value at the cursor, checking its grammar.
  public mutating func skip() throws(JSON.ParseError) {
    skipWhiteSpace()
    if offset < bytes.count, bytes[offset] == UInt8(ascii: "\"") {
      _ = try scanString()
      return
    }
    switch try kind() {
    case .object:
      try enterObject()
      while try nextKey() { try skip() }
    case .array:
      try enterArray()
      while try nextElement() { try skip() }
    case .string: _ = try scanString()
    case .number: _ = try numberBytes()
    case .true: try literal("true")
    case .false: try literal("false")
    case .null: try literal("null")
    }
  }

  private mutating func enter(_ bracket: UInt8, _ message: String) throws(JSON.ParseError) {
    try expect(bracket, message)
    depth += 1
    guard depth <= Self.deepest else { throw error("nested deeper than \(Self.deepest) levels") }
    isFirst = true
  }

  private mutating func next(closing bracket: UInt8) throws(JSON.ParseError) -> Bool {
    skipWhiteSpace()
    guard offset < bytes.count else { throw error("the text ends inside a value") }
    if bytes[offset] == bracket {
      offset += 1
      depth -= 1
      isFirst = false
      return false
    }
    if !isFirst { try expect(UInt8(ascii: ","), "',' or the end of the value expected") }
    isFirst = false
    return true
  }

  private mutating func expect(_ byte: UInt8, _ message: String) throws(JSON.ParseError) {
    skipWhiteSpace()
    guard offset < bytes.count, bytes[offset] == byte else { throw error(message) }
    offset += 1
  }

  private mutating func literal(_ text: StaticString) throws(JSON.ParseError) {
    let count = text.utf8CodeUnitCount
    guard bytes.count - offset >= count else { throw error("\(text) expected") }
    for position in 0..<count where bytes[offset + position] != text.utf8Start[position] {
      throw error("\(text) expected")
    }
    offset += count
  }

  @discardableResult
  private mutating func take(_ byte: UInt8) -> Bool {
    guard offset < bytes.count, bytes[offset] == byte else { return false }
    offset += 1
    return true
  }

  private mutating func digits() throws(JSON.ParseError) {
    let start = offset
    while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
    guard offset > start else { throw error("a digit expected") }
  }
}

extension JSONScanner {
  /// Reads the string at the cursor if it is one; its range excludes the quotation marks and includes escapes. Nil, and
  /// the value skipped, for anything else.
  public mutating func stringRangeIfPresent() throws(JSON.ParseError) -> Range<Int>? {
    guard try kind() == .string else {
      try skip()
      return nil
    }
    return try stringRange()
  }

  /// Makes sure that nothing but white space is left.
  public mutating func expectEnd() throws(JSON.ParseError) {
    skipWhiteSpace()
    guard isAtEnd else { throw error("the end of the text expected") }
  }

  /// Appends the inside of the string at `range`, escapes decoded.
  public func decode(_ range: Range<Int>, into output: inout [UInt8]) {
    JSONString.decode(UnsafeBufferPointer(rebasing: bytes[range]), into: &output)
  }

  /// The string whose inside lies at `range`, escapes decoded.
  public func string(at range: Range<Int>) -> String {
    var decoded: [UInt8] = []
    decode(range, into: &decoded)
    return String(decoding: decoded, as: UTF8.self)
  }
}
