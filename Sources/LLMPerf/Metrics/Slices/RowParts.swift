/// Rows parted into the whole alone, or into the slices of one key: makes of a column's values what there is to tell of each
/// part.
struct RowParts {
  /// How many parts there are.
  let count: Int
  /// The part of each row; nil where there is the whole alone.
  private let parts: [UInt8]?

  /// What is kept of a slice's sample: percentiles in steps of 0.01 stay exact, in 80 KB at most.
  private static let limitOfSlices = RankTable.steps

  /// All rows.
  static let whole = RowParts(nil, count: 1)

  /// Rows that are in the part that `parts` says, of `count`.
  init(_ parts: [UInt8]?, count: Int) {
    self.parts = parts
    self.count = count
  }

  /// The sample of each part: those of `values` that exist, and as many failures as `failures` says.
  func samples(of values: consuming [Double], failures: [Int]? = nil) -> [Distribution] {
    guard let parts else {
      values.removeAll(where: \.isNaN)
      values.sort()
      return [Distribution(sorted: values, infiniteCount: failures?[0] ?? 0)]
    }
    // The values in the order of their parts, each part sorted for itself.
    var ends = Array(repeating: 0, count: count)
    for row in values.indices where !values[row].isNaN { ends[Int(parts[row])] += 1 }
    for part in ends.indices.dropFirst() { ends[part] += ends[part - 1] }
    let starts = [0] + ends.dropLast()
    var next = starts
    var sorted = Array(repeating: 0.0, count: ends.last ?? 0)
    for row in values.indices where !values[row].isNaN {
      sorted[next[Int(parts[row])]] = values[row]
      next[Int(parts[row])] += 1
    }
    return (0..<count).map { part in
      let range = starts[part]..<ends[part]
      sorted[range].sort()
      return Distribution(
        sorted: Array(sorted[range]), infiniteCount: failures?[part] ?? 0, keeping: Self.limitOfSlices)
    }
  }

  /// How many rows of each part `holds` says yes of.
  func counts(where holds: [Bool]) -> [Int] {
    guard let parts else { return [holds.count { $0 }] }
    var counts = Array(repeating: 0, count: count)
    for row in holds.indices where holds[row] { counts[Int(parts[row])] += 1 }
    return counts
  }
}
