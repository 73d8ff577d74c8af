/// A request as the server read it.
package struct ServerRequest: Sendable {
  /// `GET`, `POST`, …
  package var method: String
  /// The path without its query, as it was sent (no escapes decoded).
  package var path: String
  /// What followed the question mark; empty without one.
  package var query: String
  /// Whether the client spoke HTTP/1.1, and so understands chunks.
  package var isHTTP11: Bool
  /// Whether the client wants to keep the connection.
  package var keepsAlive: Bool
  /// The body, chunks already joined.
  package var body: [UInt8] = []
  /// When the request's last byte lay in this machine's socket, in nanoseconds of CLOCK_MONOTONIC.
  package var arrivedAt: Int64 = 0

  private let head: [UInt8]
  private let fields: [(name: Range<Int>, value: Range<Int>)]

  init(
    method: String, path: String, query: String, isHTTP11: Bool, keepsAlive: Bool, head: [UInt8],
    fields: [(name: Range<Int>, value: Range<Int>)]
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.isHTTP11 = isHTTP11
    self.keepsAlive = keepsAlive
    self.head = head
    self.fields = fields
  }

  /// The first value of the header field called `name`, in any case; nil when it was not sent.
  package func header(_ name: String) -> String? {
    fields.first { Self.isEqual(head[$0.name], name) }.map { String(decoding: head[$0.value], as: UTF8.self) }
  }

  static func isEqual(_ bytes: ArraySlice<UInt8>, _ name: String) -> Bool {
    bytes.count == name.utf8.count && zip(bytes, name.utf8).allSatisfy { lowercased($0) == lowercased($1) }
  }

  private static func lowercased(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }
}
