/// Where an export's bytes go, piece by piece. An error that it throws ends the export.
public typealias ByteOutput = (_ bytes: [UInt8]) throws -> Void

/// Gathers small pieces, so that an export of many rows makes few large writes.
struct BufferedOutput {
  /// What is not yet written.
  var bytes: [UInt8] = []
  private let output: ByteOutput
  private static let limit = 1 << 16

  init(_ output: @escaping ByteOutput) {
    self.output = output
    bytes.reserveCapacity(Self.limit + 4096)
  }

  mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

  /// Writes when enough has gathered.
  mutating func flushIfLarge() throws {
    if bytes.count >= Self.limit { try flush() }
  }

  /// Writes what is left.
  mutating func flush() throws {
    guard !bytes.isEmpty else { return }
    try output(bytes)
    bytes.removeAll(keepingCapacity: true)
  }
}
