/// Goes through the fields of a protobuf message in the order they stand, without copying: the bytes must outlive it.
package struct ProtobufReader {
  /// A field's value by its wire type.
  package enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// A string, bytes, an encoded message or a packed list.
    case bytes(UnsafeBufferPointer<UInt8>)
  }

  /// The bytes are no protobuf from some place on.
  package struct Malformed: Error {}

  private let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0

  package init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// The next field's number and value; nil at the end.
  package mutating func next() throws(Malformed) -> (number: Int, value: Value)? {
    guard position < bytes.count else { return nil }
    let tag = try varint()
    let number = Int(truncatingIfNeeded: tag >> 3 & 0x1FFF_FFFF)
    switch tag & 7 {
    case 0: return (number, .varint(try varint()))
    case 1: return (number, .fixed64(try fixed(8)))
    case 5: return (number, .fixed32(UInt32(truncatingIfNeeded: try fixed(4))))
    case 2:
      let count = try varint()
      guard count <= UInt64(bytes.count) else { throw Malformed() }
      return (number, .bytes(try take(Int(count))))
    default: throw Malformed()
    }
  }

  private mutating func take(_ count: Int) throws(Malformed) -> UnsafeBufferPointer<UInt8> {
    guard count <= bytes.count - position else { throw Malformed() }
    defer { position += count }
    return UnsafeBufferPointer(rebasing: bytes[position..<position + count])
  }

  private mutating func varint() throws(Malformed) -> UInt64 {
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      guard position < bytes.count else { break }
      let byte = bytes[position]
      position += 1
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw Malformed()
  }

  private mutating func fixed(_ count: Int) throws(Malformed) -> UInt64 {
    try take(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }
}
