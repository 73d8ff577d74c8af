/// Collects merges, which files write as "a b" or as a pair.
struct MergeReader: ~Copyable {
  private let isByteLevel: Bool
  /// How many characters of the right part are not in the result.
  private let prefixCount: Int
  private(set) var merges: BytePairMerges
  private var left = GrowableBuffer<UInt8>()
  private var right = GrowableBuffer<UInt8>()
  private var joined = GrowableBuffer<UInt8>()

  init(isByteLevel: Bool, prefixCount: Int = 0, capacity: Int) {
    self.isByteLevel = isByteLevel
    self.prefixCount = prefixCount
    merges = BytePairMerges(capacity: capacity)
  }

  mutating func add(_ merge: JSONValue, _ vocabulary: Vocabulary) throws(TokenizerError) {
    if merge.kind == .string {
      if merge.hasEscapes {
        try add(line: merge.bytes ?? [], vocabulary)
      } else {
        try add(line: merge.rawString, vocabulary)
      }
      return
    }
    var parts: (JSONValue?, JSONValue?, count: Int) = (nil, nil, 0)
    merge.forEachElement { part in
      if parts.count == 0 { parts.0 = part } else { parts.1 = part }
      parts.count += 1
    }
    guard parts.count == 2, let first = parts.0, let second = parts.1, first.kind == .string,
      second.kind == .string
    else { throw .malformed("a merge is neither a string nor a pair of strings") }
    if first.hasEscapes || second.hasEscapes {
      let (one, two) = (first.bytes ?? [], second.bytes ?? [])
      try one.withUnsafeBufferPointer { (one) throws(TokenizerError) in
        try two.withUnsafeBufferPointer { (two) throws(TokenizerError) in try add(one, two, vocabulary) }
      }
    } else {
      try add(first.rawString, second.rawString, vocabulary)
    }
  }

  private mutating func add(line: [UInt8], _ vocabulary: Vocabulary) throws(TokenizerError) {
    try line.withUnsafeBufferPointer { (line) throws(TokenizerError) in try add(line: line, vocabulary) }
  }

  /// Adds a merge that is written as two symbols with a space between.
  mutating func add(line: UTF8Bytes, _ vocabulary: Vocabulary) throws(TokenizerError) {
    guard let space = line.firstIndex(of: 0x20), !line[(space + 1)...].contains(0x20) else {
      throw .malformed("the merge \"\(String(decoding: line, as: UTF8.self))\" is not two symbols")
    }
    try add(line.slice(0, space), line.slice(space + 1, line.count), vocabulary)
  }

  private mutating func add(
    _ first: UTF8Bytes, _ second: UTF8Bytes, _ vocabulary: Vocabulary
  ) throws(TokenizerError) {
    left.removeAll()
    right.removeAll()
    if isByteLevel {
      // What is not spelled in stand-ins cannot come up.
      guard ByteStandIns.shared.appendMeaning(of: first, to: &left),
        ByteStandIns.shared.appendMeaning(of: second, to: &right)
      else { return }
    } else {
      left.append(contentsOf: first)
      right.append(contentsOf: second)
    }
    joined.removeAll()
    joined.append(contentsOf: left.elements)
    joined.append(contentsOf: withoutPrefix(right.elements))
    guard let leftID = vocabulary.id(of: left.elements), let rightID = vocabulary.id(of: right.elements),
      let result = vocabulary.id(of: joined.elements)
    else {
      throw .malformed(
        "the merge of \"\(String(decoding: first, as: UTF8.self))\" and \"\(String(decoding: second, as: UTF8.self))\" "
          + "has a part or a result that is not in the vocabulary")
    }
    merges.append(.init(left: leftID, right: rightID, result: result))
  }

  private func withoutPrefix(_ symbol: UTF8Bytes) -> UTF8Bytes {
    var start = 0
    var left = prefixCount
    while left > 0, start < symbol.count {
      start += scalarLength(firstByte: symbol[start])
      left -= 1
    }
    return symbol.slice(min(start, symbol.count), symbol.count)
  }
}
