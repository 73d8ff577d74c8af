import LLMPerfTokenizers

/// How many lines were equal.
struct Tally {
  var equal = 0
  var unequal = 0

  static func += (total: inout Tally, other: Tally) {
    total.equal += other.equal
    total.unequal += other.unequal
  }

  /// Compares a tokenizer with the cases; shows the first `shown` that differ.
  mutating func compare(_ tokenizer: Tokenizer, with cases: [OracleCase], shown: Int) {
    for line in cases {
      check(tokenizer, line.text, line.ids, addSpecialTokens: false, isShown: unequal < shown)
      if let ids = line.idsWithSpecialTokens {
        check(tokenizer, line.text, ids, addSpecialTokens: true, isShown: unequal < shown)
      }
    }
  }

  private mutating func check(
    _ tokenizer: Tokenizer, _ text: String, _ wanted: [UInt32], addSpecialTokens: Bool, isShown: Bool
  ) {
    var problem: String?
    do {
      let ids = try tokenizer.encode(text, addSpecialTokens: addSpecialTokens)
      let count = try tokenizer.count(utf8: Array(text.utf8), addSpecialTokens: addSpecialTokens)
      if ids != wanted { problem = "\(ids.prefix(400)) instead of \(wanted.prefix(400))" }
      if count != ids.count { problem = "counted \(count) but encoded \(ids.count)" }
    } catch {
      problem = "\(error)"
    }
    guard let problem else {
      equal += 1
      return
    }
    unequal += 1
    if isShown { print("    \(text.prefix(120).debugDescription): \(problem)") }
  }
}
