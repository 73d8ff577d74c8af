/// Finds what somebody may have meant who wrote a name that is not known.
package enum NearestName {
  /// The one of `names` that the fewest changes of a letter lead to, or else one that `name` is the beginning or the end
  /// of; nil when none is near.
  package static func of(_ name: String, in names: [String]) -> String? {
    let nearest = names.map { ($0, distance(name.lowercased(), $0.lowercased())) }.min { $0.1 < $1.1 }
    if let (candidate, changes) = nearest, changes <= max(1, min(name.count, candidate.count) / 3) { return candidate }
    return name.count < 3 ? nil : names.first { $0.hasPrefix(name) || $0.hasSuffix(name) }
  }

  /// Letters to insert, delete, replace or swap with their neighbour (optimal string alignment).
  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left)
    let right = Array(right)
    var rows = [Array(0...right.count)]
    for line in left.indices {
      var row = [line + 1]
      for column in right.indices {
        let isSame = left[line] == right[column]
        var best = min(row[column] + 1, rows[line][column + 1] + 1, rows[line][column] + (isSame ? 0 : 1))
        if line > 0, column > 0, left[line] == right[column - 1], left[line - 1] == right[column] {
          best = min(best, rows[line - 1][column - 1] + 1)
        }
        row.append(best)
      }
      rows.append(row)
    }
    return rows[left.count][right.count]
  }
}
