import Foundation
import LLMPerfTokenizers

/// `stress.json`: long texts by recipe, with the number of tokens and a digest of the ids.
struct StressFile {
  struct Answer {
    var recipe: String
    var text: [UInt8]
    var count: Int
    var digest: String
  }

  /// By tokenizer.
  private(set) var answers: [String: [Answer]] = [:]

  init(path: String) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    guard let root = try JSONSerialization.jsonObject(with: data) as? [String: Any],
      let recipes = root["recipes"] as? [String: [Any]], let table = root["answers"] as? [String: [String: [Any]]]
    else { return }
    for (name, rows) in table {
      for (recipe, answer) in rows.sorted(by: { $0.key < $1.key }) {
        guard let unit = recipes[recipe]?.first as? String, let times = recipes[recipe]?.last as? Int,
          let count = answer.first as? Int, let digest = answer.last as? String
        else { continue }
        let text = Array(String(repeating: unit, count: times).utf8)
        answers[name, default: []].append(Answer(recipe: recipe, text: text, count: count, digest: digest))
      }
    }
  }

  /// Checks one tokenizer and measures the processor time of a second run of each recipe.
  func check(_ name: String, _ tokenizer: Tokenizer, limit: Double) throws -> Tally {
    var tally = Tally()
    let encoder = tokenizer.makeEncoder()
    for answer in answers[name] ?? [] {
      let ids = try answer.text.withUnsafeBufferPointer { try encoder.encode(utf8: $0, addSpecialTokens: false) }
      var best = Double.infinity
      for _ in 0..<3 {
        let start = processorSeconds()
        _ = try answer.text.withUnsafeBufferPointer { try encoder.count(utf8: $0, addSpecialTokens: false) }
        best = min(best, processorSeconds() - start)
      }
      let isEqual = ids.count == answer.count && SHA256.digest(of: ids) == answer.digest
      if isEqual, best < limit { tally.equal += 1 } else { tally.unequal += 1 }
      let milliseconds = String(format: "%.1f ms", best * 1000)
      let remark = (isEqual ? "" : " UNEQUAL (\(ids.count) instead of \(answer.count))") + (best < limit ? "" : " SLOW")
      print("    \(name) \(answer.recipe): \(milliseconds)\(remark)")
    }
    return tally
  }
}

/// The processor time of this thread.
func processorSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
