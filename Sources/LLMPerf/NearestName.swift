/// Finds what somebody may have meant who wrote a name that is not known.
package enum NearestName {
  /// The one of `names` that the fewest changes of a letter lead to; nil when none is near.
  package static func of(_ name: String, in names: [String]) -> String? {
    let nearest = names.map { ($0, distance(name.lowercased(), $0.lowercased())) }.min { $0.1 < $1.1 }
    guard let (candidate, changes) = nearest, changes <= max(1, min(name.count, candidate.count) / 3) else { return nil }
    return candidate
  }

  /// The Levenshtein distance: letters to insert, delete or replace.
  private static func distance(_ left: String, _ right: String) -> Int {
    let right = Array(right)
    var row = Array(0...right.count)
    for (line, letter) in left.enumerated() {
      var diagonal = row[0]
      row[0] = line + 1
      for column in right.indices {
        let above = row[column + 1]
        row[column + 1] = min(row[column] + 1, above + 1, diagonal + (right[column] == letter ? 0 : 1))
        diagonal = above
      }
    }
    return row[right.count]
  }
}
