/// Many byte strings in one array.
struct ByteStrings: Sendable {
  private var bytes: [UInt8] = []
  private var ends: [UInt32] = []

  var count: Int { ends.count }

  mutating func reserve(_ count: Int) {
    ends.reserveCapacity(count)
    bytes.reserveCapacity(count * 8)
  }

  mutating func append(_ string: UTF8Bytes) {
    bytes.append(contentsOf: string)
    ends.append(UInt32(bytes.count))
  }

  mutating func append(_ string: [UInt8]) {
    bytes.append(contentsOf: string)
    ends.append(UInt32(bytes.count))
  }

  @inline(__always)
  private func start(of index: Int) -> Int { index == 0 ? 0 : Int(ends[unchecked: index - 1]) }

  @inline(__always)
  func count(of index: Int) -> Int { Int(ends[unchecked: index]) - start(of: index) }

  @inline(__always)
  func byte(_ index: Int, _ offset: Int) -> UInt8 { bytes[unchecked: start(of: index) + offset] }

  @inline(__always)
  func withString<Result>(_ index: Int, _ body: (UTF8Bytes) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { body($0.slice(start(of: index), Int(ends[index]))) }
  }

  /// The positions of the strings in byte order; of equal strings only the last, and no empty ones.
  func sortedOrder() -> [UInt32] {
    struct Key {
      var prefix: UInt64
      var index: UInt32
    }
    var keys: [Key] = []
    keys.reserveCapacity(count)
    for index in 0..<count where count(of: index) > 0 {
      var prefix: UInt64 = 0
      let length = count(of: index)
      for offset in 0..<8 { prefix = prefix << 8 | (offset < length ? UInt64(byte(index, offset)) : 0) }
      keys.append(Key(prefix: prefix, index: UInt32(index)))
    }
    keys.sort { first, second in
      if first.prefix != second.prefix { return first.prefix < second.prefix }
      let order = compare(Int(first.index), Int(second.index))
      return order == 0 ? first.index < second.index : order < 0
    }
    var order: [UInt32] = []
    order.reserveCapacity(keys.count)
    for key in keys {
      if let last = order.last, compare(Int(last), Int(key.index)) == 0 {
        order[order.count - 1] = key.index
      } else {
        order.append(key.index)
      }
    }
    return order
  }

  private func compare(_ first: Int, _ second: Int) -> Int {
    let (firstCount, secondCount) = (count(of: first), count(of: second))
    for offset in 0..<min(firstCount, secondCount) {
      let (one, other) = (byte(first, offset), byte(second, offset))
      if one != other { return one < other ? -1 : 1 }
    }
    return firstCount - secondCount
  }
}
