/// Reads an answer that is a list of results, one for each input, with token counts beside it. Results are counted, not
/// kept: a vector of thousands of numbers is checked and passed over.
enum ResultListReader {
  /// Reads `body`; the list is the whole body, or the first member of it that `lists` names.
  static func read(_ body: ArraySlice<UInt8>, lists: [StaticString], into reading: inout ResponseReading) {
    do throws(JSON.ParseError) {
      try body.withUnsafeBufferPointer { bytes throws(JSON.ParseError) in
        var scanner = JSONScanner(bytes)
        if try scanner.kind() == .array {
          try readList(&scanner, into: &reading)
        } else {
          try scanObject(&scanner, lists, into: &reading)
        }
        try scanner.expectEnd()
      }
    } catch {
      reading.noteMalformed(body)
    }
    reading.sawEnd = true
    reading.endIsProof = reading.inputCount ?? 0 > 0
  }

  private static func scanObject(
    _ scanner: inout JSONScanner, _ lists: [StaticString], into reading: inout ResponseReading
  ) throws(JSON.ParseError) {
    var others: [JSON.Member] = []
    try scanner.enterObject()
    while try scanner.nextKey() {
      if try scanner.kind() == .array {
        if lists.contains(where: { scanner.keyIs($0) }) {
          try readList(&scanner, into: &reading)
          others.append(JSON.Member("data", true))
        } else {
          try scanner.skip()
        }
      } else {
        others.append(JSON.Member(String(decoding: scanner.keyBytes(), as: UTF8.self), try scanner.value()))
      }
    }
    readCounts(.object(others), into: &reading)
  }

  /// Counts the results. One that is null, or has a null where its numbers should be, makes the answer a failure: that is
  /// how a service writes a vector that it could not compute.
  private static func readList(
    _ scanner: inout JSONScanner, into reading: inout ResponseReading
  ) throws(JSON.ParseError) {
    var count = 0
    var firstNull: Int?
    try scanner.enterArray()
    while try scanner.nextElement() {
      let isNull = try isNullResult(&scanner)
      if isNull, firstNull == nil { firstNull = count }
      count += 1
    }
    reading.inputCount = count
    if let firstNull {
      reading.error = ServiceError(message: "result \(firstNull + 1) of \(count) is null, or holds null for a number")
    }
  }

  private static func isNullResult(_ scanner: inout JSONScanner) throws(JSON.ParseError) -> Bool {
    guard try scanner.kind() == .object else { return try isNull(&scanner) }
    var found = false
    try scanner.enterObject()
    while try scanner.nextKey() {
      if scanner.keyIs("embedding") || scanner.keyIs("relevance_score") || scanner.keyIs("score") {
        if try isNull(&scanner) { found = true }
      } else {
        try scanner.skip()
      }
    }
    return found
  }

  /// Whether the value at the cursor, which is skipped, is null or a list with a null in it.
  private static func isNull(_ scanner: inout JSONScanner) throws(JSON.ParseError) -> Bool {
    switch try scanner.kind() {
    case .null:
      try scanner.skip()
      return true
    case .array:
      var found = false
      try scanner.enterArray()
      while try scanner.nextElement() {
        if try isNull(&scanner) { found = true }
      }
      return found
    default:
      try scanner.skip()
      return false
    }
  }

  private static func readCounts(_ json: JSON, into reading: inout ResponseReading) {
    reading.error = ServiceError(body: json) ?? reading.error
    var stated = StatedUsage(json["usage"])
    stated.output = .absent
    stated.input = stated.input.or(StatedCount(json["usage"]?["total_tokens"]))
      .or(StatedUsage(json["meta"]).input)
    reading.usage.take(stated)
  }
}
