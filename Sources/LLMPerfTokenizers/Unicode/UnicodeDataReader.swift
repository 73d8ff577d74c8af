import LLMPerfBytes

/// Reads the numbers of the generated data files; Scripts/make-unicode-data.py describes the layout.
struct UnicodeDataReader {
  private let bytes: [UInt8]
  private var position = 0

  init(base64: StaticString) {
    let text = UTF8Bytes(start: base64.utf8Start, count: base64.utf8CodeUnitCount)
    bytes = Base64.decode(text, padding: .optional) ?? []
  }

  mutating func number() -> UInt32 {
    var value: UInt32 = 0
    var shift: UInt32 = 0
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      value |= UInt32(byte & 127) << shift
      if byte < 128 { break }
      shift += 7
    }
    return value
  }

  mutating func ranges() -> [ClosedRange<UInt32>] {
    let count = Int(number())
    var ranges: [ClosedRange<UInt32>] = []
    ranges.reserveCapacity(count)
    var end: UInt32 = 0
    for _ in 0..<count {
      let first = end + number()
      let last = first + number()
      ranges.append(first...last)
      end = last + 1
    }
    return ranges
  }

  mutating func mapping() -> ScalarMapping {
    let count = Int(number())
    var mapping = ScalarMapping()
    var key: UInt32 = 0
    for _ in 0..<count {
      key += number()
      let length = Int(number())
      var value: [UInt32] = []
      for _ in 0..<length {
        let code = number()
        let distance = code & 1 == 0 ? Int64(code >> 1) : -Int64(code >> 1) - 1
        value.append(UInt32(Int64(key) + distance))
      }
      mapping.append(key, value)
    }
    return mapping
  }
}

/// Scalars that stand for other scalars; looked up by binary search, since only few characters get this far.
struct ScalarMapping: Sendable {
  private(set) var keys: [UInt32] = []
  private var ends: [UInt32] = []
  private var values: [UInt32] = []

  mutating func append(_ key: UInt32, _ value: [UInt32]) {
    keys.append(key)
    values.append(contentsOf: value)
    ends.append(UInt32(values.count))
  }

  /// The scalars that `scalar` stands for, or nil.
  subscript(scalar: UInt32) -> ArraySlice<UInt32>? {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < scalar { low = middle + 1 } else { high = middle }
    }
    guard low < keys.count, keys[low] == scalar else { return nil }
    return values[(low == 0 ? 0 : Int(ends[low - 1]))..<Int(ends[low])]
  }
}
