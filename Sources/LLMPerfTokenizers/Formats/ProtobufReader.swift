/// Goes through the fields of a protocol buffer message.
struct ProtobufReader {
  enum Value {
    case varint(UInt64)
    case fixed32(UInt32)
    case fixed64
    case bytes(UTF8Bytes)
  }

  private let bytes: UTF8Bytes
  private var position = 0

  init(_ bytes: UTF8Bytes) { self.bytes = bytes }

  /// The next field's number and value, or nil at the end.
  mutating func next() throws(TokenizerError) -> (field: Int, value: Value)? {
    guard position < bytes.count else { return nil }
    let key = try varint()
    let field = Int(truncatingIfNeeded: key >> 3 & 0x1FFF_FFFF)
    switch key & 7 {
    case 0: return (field, .varint(try varint()))
    case 1:
      _ = try take(8)
      return (field, .fixed64)
    case 2:
      let count = try varint()
      guard count <= UInt64(bytes.count) else { throw Self.fault }
      return (field, .bytes(try take(Int(count))))
    case 5:
      let word = try take(4)
      return (field, .fixed32((0..<4).reduce(0) { $0 | UInt32(word[$1]) << UInt32(8 * $1) }))
    default: throw Self.fault
    }
  }

  private static let fault = TokenizerError.malformed("is not a SentencePiece model: the protocol buffer is broken")

  private mutating func take(_ count: Int) throws(TokenizerError) -> UTF8Bytes {
    guard count <= bytes.count - position else { throw Self.fault }
    defer { position += count }
    return bytes.slice(position, position + count)
  }

  private mutating func varint() throws(TokenizerError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while shift < 64 {
      let byte = try take(1)[0]
      value |= UInt64(byte & 127) << shift
      if byte < 128 { return value }
      shift += 7
    }
    throw Self.fault
  }
}
