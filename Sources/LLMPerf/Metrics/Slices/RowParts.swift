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
    guard !values.isEmpty else { return Array(repeating: Distribution(), count: count) }
    let ends = order(&values, by: parts)
    return (0..<count).map { part in
      let range = (part == 0 ? 0 : ends[part - 1])..<ends[part]
      // A slice of an array would be copied to be sorted.
      values.withUnsafeMutableBufferPointer { values in
        var part = UnsafeMutableBufferPointer(rebasing: values[range])
        part.sort()
      }
      return Distribution(
        sorted: values[range], infiniteCount: failures?[part] ?? 0, keeping: Self.limitOfSlices)
    }
  }

  /// Brings values into the order of their parts where they stand, since a copy of a column is large, and those that do not
  /// exist behind all others.
  ///
  /// - Returns: where each part ends.
  private func order(_ values: inout [Double], by parts: [UInt8]) -> [Int] {
    var places = parts
    var ends = Array(repeating: 0, count: count + 1)
    for row in values.indices {
      if values[row].isNaN { places[row] = UInt8(count) }
      ends[Int(places[row])] += 1
    }
    for part in ends.indices.dropFirst() { ends[part] += ends[part - 1] }
    var next = [0] + ends.dropLast()
    values.withUnsafeMutableBufferPointer { values in
      places.withUnsafeMutableBufferPointer { places in
        for part in 0...count {
          while next[part] < ends[part] {
            let row = next[part]
            let place = Int(places[row])
            if place != part {
              values.swapAt(row, next[place])
              places.swapAt(row, next[place])
            }
            next[place] += 1
          }
        }
      }
    }
    return ends
  }

  /// How many rows of each part `holds` says yes of.
  func counts(where holds: [Bool]) -> [Int] {
    guard let parts else { return [holds.count { $0 }] }
    var counts = Array(repeating: 0, count: count)
    for row in holds.indices where holds[row] { counts[Int(parts[row])] += 1 }
    return counts
  }
}
