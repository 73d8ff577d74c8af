/// What the user may have meant by a word that is not known.
package enum SpellingDistance {
  /// The one of `candidates` that is nearest to `word`, when it is near enough to be meant: at most a third of the longer
  /// word's letters differ, or one is the other's beginning or end.
  package static func nearest(to word: String, in candidates: some Sequence<String>) -> String? {
    var best: (candidate: String, distance: Int)?
    for candidate in candidates {
      let distance = between(word, candidate)
      let limit = max(1, max(word.count, candidate.count) / 3)
      let (short, long) = word.count < candidate.count ? (word, candidate) : (candidate, word)
      let isPart = short.count >= 3 && (long.hasPrefix(short) || long.hasSuffix(short))
      guard distance <= limit || isPart else { continue }
      if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.candidate
  }

  /// The fewest insertions, deletions, replacements and swaps of neighbours that turn `a` into `b` (optimal string
  /// alignment: no part is changed twice).
  package static func between(_ a: String, _ b: String) -> Int {
    let a = Array(a)
    let b = Array(b)
    var beforeLast: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      row.reserveCapacity(b.count + 1)
      for j in 0..<b.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
        row.append(cost)
      }
      beforeLast = last
      last = row
    }
    return last[b.count]
  }
}
