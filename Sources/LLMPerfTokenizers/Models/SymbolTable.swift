/// The symbols that a byte-pair model begins with: one per byte, or one per scalar.
struct SymbolTable: Sendable {
  static let unknown = UInt32.max

  enum Unit: Sendable { case byte, scalar }

  let unit: Unit
  /// By byte; for scalars, the symbols of ASCII.
  let bytes: [UInt32]
  private let scalars: ScalarTable<UInt32>?

  /// A byte-level vocabulary's symbols, which its one-byte entries are.
  init(bytesOf vocabulary: Vocabulary) {
    unit = .byte
    bytes = (0..<256).map { vocabulary.id(of: [UInt8($0)]) ?? Self.unknown }
    scalars = nil
  }

  /// A symbol for each scalar that `id` knows.
  init(scalars ids: [UInt32: UInt32]) {
    unit = .scalar
    var table = [UInt32](repeating: Self.unknown, count: UnicodeTables.scalarCount)
    for (scalar, id) in ids { table[Int(scalar)] = id }
    bytes = Array(table[0..<128])
    scalars = ScalarTable(table)
  }

  /// The symbols of the entries that are one scalar long.
  init(scalarsOf vocabulary: Vocabulary) {
    var ids: [UInt32: UInt32] = [:]
    for id in 0..<vocabulary.idEnd {
      vocabulary.withToken(id) { token in
        guard let bytes = token.baseAddress, let first = token.first, scalarLength(firstByte: first) == token.count,
          vocabulary.id(of: token) == UInt32(id)
        else { return }
        ids[bytes.scalar(at: 0).value] = UInt32(id)
      }
    }
    self.init(scalars: ids)
  }

  @inline(__always)
  func symbol(ofScalar scalar: UInt32) -> UInt32 {
    guard let scalars else { return Self.unknown }
    return scalars[scalar]
  }

  /// Appends the symbols of a vocabulary entry.
  ///
  /// - Returns: whether all are known; if not, some may have been appended.
  func appendKnown(_ token: UTF8Bytes, to symbols: inout GrowableBuffer<UInt32>) -> Bool {
    guard let pointer = token.baseAddress else { return false }
    var position = 0
    while position < token.count {
      var symbol: UInt32
      if unit == .byte {
        symbol = bytes[Int(pointer[position])]
        position += 1
      } else {
        let (scalar, length) = pointer.scalar(at: position)
        symbol = self.symbol(ofScalar: scalar)
        position += length
      }
      if symbol == Self.unknown { return false }
      symbols.append(symbol)
    }
    return true
  }
}
