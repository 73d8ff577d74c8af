import LLMPerfBytes

/// A JSON text taken apart into a flat list of nodes.
///
/// Strings stay where they are in the text until asked for, as bytes: keys that are canonically equal but different
/// stay different, and a vocabulary of a few hundred thousand entries needs no object per entry.
final class JSONDocument {
  enum Kind: UInt8 { case null, bool, number, string, array, object }

  struct Node {
    /// Of a string: what is between the quotes.
    var start: UInt32
    var end: UInt32
    /// The node after this one and everything in it.
    var next: UInt32
    var kind: Kind
    var hasEscapes: Bool
  }

  let file: MappedFile?
  let text: UTF8Bytes
  private(set) var nodes: [Node] = []

  /// - Parameter file: keeps `text` alive; nil if the caller does.
  init(text: UTF8Bytes, file: MappedFile? = nil) throws(TokenizerError) {
    self.text = text
    self.file = file
    guard UTF8Text.isWellFormed(text) else { throw .malformed("is not UTF-8, so it is not JSON") }
    var reader = JSONNodeReader(text)
    do throws(JSON.ParseError) {
      try reader.read()
    } catch {
      throw .malformed("is not JSON: \(error.message) (byte \(error.offset))")
    }
    nodes = reader.nodes
  }

  convenience init(file: MappedFile) throws(TokenizerError) {
    do throws(TokenizerError) {
      try self.init(text: file.bytes, file: file)
    } catch {
      throw error.inFile(file.path)
    }
  }

  var root: JSONValue { JSONValue(document: self, index: 0) }
}

/// One value of a document.
struct JSONValue {
  let document: JSONDocument
  let index: Int

  private var node: JSONDocument.Node { document.nodes[unchecked: index] }

  var kind: JSONDocument.Kind { node.kind }
  var isNull: Bool { kind == .null }

  /// The bytes between the quotes, as they stand in the file.
  var rawString: UTF8Bytes { document.text.slice(Int(node.start), Int(node.end)) }
  var hasEscapes: Bool { node.hasEscapes }

  /// A string's bytes, without escapes; nil if this is no string.
  var bytes: [UInt8]? {
    guard kind == .string else { return nil }
    var decoded: [UInt8] = []
    JSONString.decode(rawString, into: &decoded)
    return decoded
  }

  var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  var bool: Bool? { kind == .bool ? document.text[Int(node.start)] == UInt8(ascii: "t") : nil }

  /// A number as the reference's JSON reader understands it; nil if this is none.
  var double: Double? { kind == .number ? JSONNumber.double(rawString) : nil }

  /// A number without fraction or exponent.
  var int: Int? {
    guard kind == .number else { return nil }
    let digits = rawString
    let negative = digits.first == UInt8(ascii: "-")
    guard digits.count - (negative ? 1 : 0) <= 18 else { return nil }
    var value = 0
    for byte in negative ? digits[1...] : digits[...] {
      guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
      value = value * 10 + Int(byte - UInt8(ascii: "0"))
    }
    return negative ? -value : value
  }

  /// How many nodes this value takes, itself included; an upper bound for how many members it has.
  var nodeCount: Int { Int(node.next) - index }

  /// Calls `body` with every element of an array; does nothing for other values.
  func forEachElement<Failure: Error>(_ body: (JSONValue) throws(Failure) -> Void) throws(Failure) {
    guard kind == .array else { return }
    var child = index + 1
    let end = Int(node.next)
    while child < end {
      try body(JSONValue(document: document, index: child))
      child = Int(document.nodes[unchecked: child].next)
    }
  }

  /// Calls `body` with every key and value of an object, repeated keys included; does nothing for other values.
  func forEachMember<Failure: Error>(_ body: (JSONValue, JSONValue) throws(Failure) -> Void) throws(Failure) {
    guard kind == .object else { return }
    var child = index + 1
    let end = Int(node.next)
    while child < end {
      try body(JSONValue(document: document, index: child), JSONValue(document: document, index: child + 1))
      child = Int(document.nodes[unchecked: child + 1].next)
    }
  }

  var elements: [JSONValue] {
    var elements: [JSONValue] = []
    forEachElement { elements.append($0) }
    return elements
  }

  /// The value of an object's key, the last one if it is repeated; nil if there is none or it is null.
  subscript(key: StaticString) -> JSONValue? {
    var found: JSONValue?
    let wanted = UTF8Bytes(start: key.utf8Start, count: key.utf8CodeUnitCount)
    forEachMember { name, value in
      if name.rawString.elementsEqual(wanted) { found = value }
    }
    return found.flatMap { $0.isNull ? nil : $0 }
  }
}
