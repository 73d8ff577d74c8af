/// Reads an answer that is a list of results, one for each input, with token counts beside it. Results are counted, not
/// kept: a vector of thousands of numbers is checked and passed over.
enum ResultListReader {
  /// Reads `body`; the list is the whole body, or the first member of it that `lists` names.
  static func read(_ body: ArraySlice<UInt8>, lists: [StaticString], into reading: inout ResponseReading) {
    do throws(JSON.ParseError) {
      try body.withUnsafeBufferPointer { bytes throws(JSON.ParseError) in
        var scanner = JSONScanner(bytes)
        if try scanner.kind() == .array {
          reading.inputCount = try count(&scanner)
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
          reading.inputCount = try count(&scanner)
        } else {
          try scanner.skip()
        }
      } else {
        others.append(JSON.Member(String(decoding: scanner.keyBytes(), as: UTF8.self), try scanner.value()))
      }
    }
    readCounts(.object(others), into: &reading)
  }

  private static func count(_ scanner: inout JSONScanner) throws(JSON.ParseError) -> Int {
    var count = 0
    try scanner.enterArray()
    while try scanner.nextElement() {
      count += 1
      try scanner.skip()
    }
    return count
  }

  private static func readCounts(_ json: JSON, into reading: inout ResponseReading) {
    reading.error = ServiceError(body: json)
    let usage = json["usage"]
    reading.usage.input =
      usage?["prompt_tokens"]?.intValue ?? usage?["input_tokens"]?.intValue ?? usage?["total_tokens"]?.intValue
      ?? json["meta"]?["tokens"]?["input_tokens"]?.intValue
  }
}
