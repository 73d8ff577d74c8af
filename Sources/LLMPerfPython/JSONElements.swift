import LLMPerf

/// The elements of a JSON array as the bytes that they are.
enum JSONElements {
  static func split(_ array: [UInt8]) throws(UsageError) -> [ArraySlice<UInt8>] {
    let ranges: Result<[Range<Int>], JSON.ParseError> = array.withUnsafeBufferPointer { bytes in
      var scanner = JSONScanner(bytes)
      var ranges: [Range<Int>] = []
      do throws(JSON.ParseError) {
        try scanner.enterArray()
        while try scanner.nextElement() {
          scanner.skipWhiteSpace()
          let start = scanner.offset
          try scanner.skip()
          ranges.append(start..<scanner.offset)
        }
        return .success(ranges)
      } catch {
        return .failure(error)
      }
    }
    switch ranges {
    case .success(let ranges): return ranges.map { array[$0] }
    case .failure(let error): throw UsageError("the plugin's answer is not JSON that can be used: \(error)")
    }
  }

  /// A string as JSON. `text` should be UTF-8.
  static func string(_ text: some Collection<UInt8>) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(text.count + 16)
    output.append(UInt8(ascii: "\""))
    if text.withContiguousStorageIfAvailable({ JSONString.encode($0, into: &output) }) == nil {
      Array(text).withUnsafeBufferPointer { JSONString.encode($0, into: &output) }
    }
    output.append(UInt8(ascii: "\""))
    return output
  }

  /// Whether `bytes` are one JSON value, so that they can stand inside an order.
  static func isValue(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBufferPointer { buffer in
      var scanner = JSONScanner(buffer)
      do {
        try scanner.skip()
      } catch {
        return false
      }
      scanner.skipWhiteSpace()
      return scanner.isAtEnd
    }
  }
}
