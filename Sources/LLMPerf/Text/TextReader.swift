import Glibc

/// Reads a text from front to back in blocks of UTF-8, so that its size does not matter.
struct TextReader: ~Copyable {
  /// Where bytes come from.
  enum Origin {
    case file(Int32)
    case memory([UInt8])
  }

  private let origin: Origin
  private let name: String
  private let decoder: TextDecoder
  private var block: [UInt8] = []
  private var offset = 0
  private var isAtEnd = false
  /// Bytes of memory that have been taken.
  private var taken = 0

  private static let blockSize = 256 << 10

  /// A reader of the text called `name`; it closes the file.
  init(_ origin: Origin, name: String, encoding: TextEncoding?) throws {
    self.origin = origin
    self.name = name
    decoder = try TextDecoder(encoding, name: name)
  }

  deinit {
    if case .file(let descriptor) = origin { close(descriptor) }
  }

  /// The next byte, or nil at the end.
  mutating func next() throws -> UInt8? {
    if offset == block.count { try fill() }
    guard offset < block.count else { return nil }
    defer { offset += 1 }
    return block[offset]
  }

  /// The next byte without taking it, or nil at the end.
  mutating func peek() throws -> UInt8? {
    if offset == block.count { try fill() }
    return offset < block.count ? block[offset] : nil
  }

  /// Appends bytes to `output` up to the first one that is one of `stops`, which is not taken, or until it has `limit`.
  /// False at the text's end.
  mutating func take(until stops: (UInt8, UInt8), into output: inout [UInt8], limit: Int) throws -> Bool {
    while true {
      if offset == block.count { try fill() }
      guard offset < block.count else { return false }
      let rest = block[offset...]
      let end = rest.firstIndex { $0 == stops.0 || $0 == stops.1 }
      output += rest[..<(end ?? block.count)]
      offset = end ?? block.count
      if end != nil || output.count >= limit { return true }
    }
  }

  /// What is left of the current block, or the next one; empty at the end.
  mutating func nextBlock() throws -> [UInt8] {
    if offset == block.count { try fill() }
    defer { offset = block.count }
    return offset == 0 ? block : Array(block[offset...])
  }

  private mutating func fill() throws {
    block.removeAll(keepingCapacity: true)
    offset = 0
    // A read may bring less than a character.
    while block.isEmpty, !isAtEnd {
      switch origin {
      case .memory(let bytes):
        let end = min(bytes.count, taken + Self.blockSize)
        isAtEnd = end == taken
        try decoder.decode(bytes[taken..<end], into: &block)
        taken = end
      case .file(let descriptor):
        let raw = try Self.read(descriptor, name)
        isAtEnd = raw.isEmpty
        try decoder.decode(raw, into: &block)
      }
      if isAtEnd { try decoder.finish(into: &block) }
    }
  }

  /// Some bytes; none at the end.
  static func read(_ descriptor: Int32, _ name: String) throws -> [UInt8] {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: blockSize) { buffer, count in
      var read: Int
      repeat { read = Glibc.read(descriptor, buffer.baseAddress, blockSize) } while read < 0 && errno == EINTR
      if read < 0 { failure = errno }
      count = max(read, 0)
    }
    if failure != 0 { throw UsageError("\(name) cannot be read: \(String(cString: strerror(failure)))") }
    return bytes
  }
}
