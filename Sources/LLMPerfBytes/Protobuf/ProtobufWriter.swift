/// Writes protobuf messages field by field. Enough for the handful of messages that two exporters send, without
/// generated code.
package struct ProtobufWriter {
  /// What has been written.
  package private(set) var bytes: [UInt8] = []

  package init() {}

  /// A varint field: `int32`, `int64`, `uint64`, `bool`, an enumeration.
  package mutating func field(_ number: Int, varint value: Int64) {
    tag(number, wireType: 0)
    varint(UInt64(bitPattern: value))
  }

  /// A `fixed64` field.
  package mutating func field(_ number: Int, fixed64 value: UInt64) {
    tag(number, wireType: 1)
    fixed(value)
  }

  /// A `double` field.
  package mutating func field(_ number: Int, double value: Double) {
    field(number, fixed64: value.bitPattern)
  }

  /// A `string` field.
  package mutating func field(_ number: Int, string value: String) {
    field(number, bytes: value.utf8)
  }

  /// A `bytes` field, or an encoded message.
  package mutating func field(_ number: Int, bytes value: some Collection<UInt8>) {
    tag(number, wireType: 2)
    varint(UInt64(value.count))
    bytes.append(contentsOf: value)
  }

  /// A message field, written by `body`.
  package mutating func field(_ number: Int, message body: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    body(&inner)
    field(number, bytes: inner.bytes)
  }

  /// The length of a field of `count` bytes whose number is below 16 or, with two bytes of tag, above.
  package static func size(ofField number: Int, count: Int) -> Int {
    (number < 16 ? 1 : 2)
      + (count < 0x80 ? 1 : count < 0x4000 ? 2 : count < 0x20_0000 ? 3 : count < 0x1000_0000 ? 4 : 5) + count
  }

  /// The head of a message field of `count` bytes, which the caller writes.
  package mutating func beginMessage(_ number: Int, count: Int) {
    tag(number, wireType: 2)
    varint(UInt64(count))
  }

  /// A packed field of `fixed64`, `uint64` counts among them.
  package mutating func field(_ number: Int, packedFixed64 values: some Sequence<UInt64>) {
    var inner = ProtobufWriter()
    for value in values { inner.fixed(value) }
    field(number, bytes: inner.bytes)
  }

  private mutating func tag(_ number: Int, wireType: UInt64) {
    varint(UInt64(number) << 3 | wireType)
  }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest > 0x7F {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }

  private mutating func fixed(_ value: UInt64) {
    withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
  }
}
