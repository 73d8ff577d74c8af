/// A model's tokens: bytes to id, and id to bytes.
///
/// Tokens are compared byte by byte. All bytes are in one array, so that a vocabulary of any size is a handful of
/// allocations.
struct Vocabulary: Sendable {
  static let largest = 1 << 21
  private static let absent = UInt64.max

  private var bytes: [UInt8] = []
  /// By id: where the token's bytes begin (upper half) and how many there are.
  private var extents: [UInt64] = []
  /// Open addressing: the hash's upper half, and id + 1; 0 is free.
  private var slots: [UInt64]
  private var mask: Int
  private var used = 0

  init(capacity: Int = 1024) {
    var size = 16
    while size < capacity * 2 { size *= 2 }
    slots = [UInt64](repeating: 0, count: size)
    mask = size - 1
    extents.reserveCapacity(capacity)
    bytes.reserveCapacity(capacity * 8)
  }

  /// One more than the highest id.
  var idEnd: Int { extents.count }
  /// How many different tokens there are.
  private(set) var count = 0

  /// Gives a token an id. The last of several equal tokens counts, as does the last of several tokens with one id.
  mutating func insert(_ token: UTF8Bytes, id: Int) throws(TokenizerError) {
    guard id >= 0, id < Self.largest else {
      throw .unsupported("the token id \(id) is outside of 0 to \(Self.largest - 1)")
    }
    while extents.count <= id { extents.append(Self.absent) }
    let hash = Self.hash(token)
    var index = Int(truncatingIfNeeded: hash) & mask
    while slots[index] != 0 {
      let known = Int(slots[index] & 0xFFFF_FFFF) - 1
      if slots[index] >> 32 == hash >> 32, equals(known, token) {
        if known != id {
          extents[id] = extents[known]
          slots[index] = (hash & ~0xFFFF_FFFF) | UInt64(id + 1)
        }
        return
      }
      index = (index + 1) & mask
    }
    extents[id] = UInt64(bytes.count) << 32 | UInt64(token.count)
    bytes.append(contentsOf: token)
    slots[index] = (hash & ~0xFFFF_FFFF) | UInt64(id + 1)
    count += 1
    used += 1
    if used * 2 > slots.count { grow() }
  }

  mutating func insert(_ token: [UInt8], id: Int) throws(TokenizerError) {
    try token.withUnsafeBufferPointer { (token) throws(TokenizerError) in try insert(token, id: id) }
  }

  @inline(__always)
  func id(of token: UTF8Bytes) -> UInt32? {
    let hash = Self.hash(token)
    var index = Int(truncatingIfNeeded: hash) & mask
    while true {
      let slot = slots[unchecked: index]
      if slot == 0 { return nil }
      if slot >> 32 == hash >> 32, equals(Int(slot & 0xFFFF_FFFF) - 1, token) {
        return UInt32(truncatingIfNeeded: slot) - 1
      }
      index = (index + 1) & mask
    }
  }

  func id(of token: [UInt8]) -> UInt32? { token.withUnsafeBufferPointer { id(of: $0) } }

  func id(of token: String) -> UInt32? { id(of: Array(token.utf8)) }

  /// The bytes of a token, or nil if there is no such id.
  func token(_ id: Int) -> [UInt8]? {
    guard extents.indices.contains(id), extents[id] != Self.absent else { return nil }
    let start = Int(extents[id] >> 32)
    return Array(bytes[start..<start + Int(extents[id] & 0xFFFF_FFFF)])
  }

  /// The ids that have a token, in order.
  var ids: [UInt32] {
    extents.indices.filter { extents[$0] != Self.absent }.map { UInt32($0) }
  }

  /// Calls `body` with the bytes of a token, or returns nil if there is no such id.
  @inline(__always)
  @discardableResult
  func withToken<Result>(_ id: Int, _ body: (UTF8Bytes) -> Result) -> Result? {
    guard id < extents.count, extents[unchecked: id] != Self.absent else { return nil }
    let start = Int(extents[unchecked: id] >> 32)
    let length = Int(extents[unchecked: id] & 0xFFFF_FFFF)
    return bytes.withUnsafeBufferPointer { body($0.slice(start, start + length)) }
  }

  @inline(__always)
  private func equals(_ id: Int, _ token: UTF8Bytes) -> Bool {
    let extent = extents[unchecked: id]
    guard Int(extent & 0xFFFF_FFFF) == token.count else { return false }
    let start = Int(extent >> 32)
    for index in 0..<token.count where bytes[unchecked: start + index] != token[index] { return false }
    return true
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    mask = slots.count - 1
    for slot in old where slot != 0 {
      let id = Int(slot & 0xFFFF_FFFF) - 1
      let hash = withToken(id) { Self.hash($0) } ?? 0
      var index = Int(truncatingIfNeeded: hash) & mask
      while slots[index] != 0 { index = (index + 1) & mask }
      slots[index] = slot
    }
  }

  @inline(__always)
  static func hash(_ bytes: UTF8Bytes) -> UInt64 {
    guard let pointer = bytes.baseAddress else { return 1 }
    var hash = UInt64(bytes.count) &* 0x9E37_79B9_7F4A_7C15
    var position = 0
    while position + 8 <= bytes.count {
      hash = mix(hash ^ pointer.eightBytes(at: position))
      position += 8
    }
    var rest: UInt64 = 0
    while position < bytes.count {
      rest = rest << 8 | UInt64(pointer[position])
      position += 1
    }
    return mix(hash ^ rest ^ 0xA076_1D64_78BD_642F)
  }

  @inline(__always)
  static func mix(_ value: UInt64) -> UInt64 {
    let product = value.multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB)
    return product.high ^ product.low
  }
}
