/// The elements of a file that is one JSON array, as bytes. Only brackets and strings are understood here; whether an
/// element is JSON is for its reader to find out.
final class JSONArrayReader {
  private var file: TextReader
  private let path: String
  private var line = 1
  private var isOpen = false
  private var isDone = false

  /// A longer element is none: a prompt has to be in memory several times.
  private static let longestElement = 256 << 20

  /// The elements of `source`, from its beginning.
  init(_ source: TextSource) throws {
    file = try source.makeReader()
    path = source.file
  }

  /// The next element and the line it begins in, or nil at the end of the array.
  func next() throws -> (line: Int, bytes: [UInt8])? {
    if !isOpen { try open() }
    guard !isDone else { return nil }
    let first = try skipBlanks()
    guard let first else { throw UsageError("\(path): the JSON array has no end; line \(line) is the last") }
    if first == UInt8(ascii: "]") {
      isDone = true
      _ = try file.next()
      return nil
    }
    let start = line
    let bytes = try element()
    switch try skipBlanks() {
    case UInt8(ascii: ","): _ = try file.next()
    case UInt8(ascii: "]"): break
    default: throw UsageError("\(path) line \(line): ',' or ']' expected after an element of the array")
    }
    return (start, bytes)
  }

  private func open() throws {
    guard try skipBlanks() == UInt8(ascii: "[") else {
      throw UsageError("\(path) line \(line): longalpaca is one JSON array of objects, and this is none")
    }
    _ = try file.next()
    isOpen = true
  }

  /// Moves to the next byte that is not white space, and returns it without taking it.
  private func skipBlanks() throws -> UInt8? {
    while let byte = try file.peek(), byte <= 0x20 {
      if byte == 0x0A { line += 1 }
      _ = try file.next()
    }
    return try file.peek()
  }

  /// Takes bytes up to the comma or bracket that ends the element.
  private func element() throws -> [UInt8] {
    var bytes: [UInt8] = []
    var depth = 0
    var isString = false
    while let byte = try file.peek() {
      if !isString, depth == 0, byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") { return bytes }
      guard bytes.count < Self.longestElement else {
        throw UsageError(
          "\(path) line \(line): an element of the array is longer than \(Self.longestElement >> 20) MiB")
      }
      _ = try file.next()
      bytes.append(byte)
      switch byte {
      case UInt8(ascii: "\""): isString.toggle()
      case UInt8(ascii: "\\") where isString:
        if let escaped = try file.next() { bytes.append(escaped) }
      case UInt8(ascii: "{"), UInt8(ascii: "["): if !isString { depth += 1 }
      case UInt8(ascii: "}"), UInt8(ascii: "]"): if !isString { depth -= 1 }
      case 0x0A: line += 1
      default: break
      }
    }
    throw UsageError("\(path): the JSON array has no end; line \(line) is the last")
  }
}
