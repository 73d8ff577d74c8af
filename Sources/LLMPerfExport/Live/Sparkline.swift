/// A row of values as a row of blocks, as high as the values are.
enum Sparkline {
  private static let blocks: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The last `columns` values; nil ones are blank. The highest of them fills its cell.
  static func text(_ values: [Double?], columns: Int) -> String {
    let shown = values.suffix(max(0, columns))
    let highest = shown.compactMap { $0 }.max() ?? 0
    return String(
      shown.map { value -> Character in
        guard let value else { return " " }
        guard highest > 0 else { return blocks[0] }
        return blocks[min(7, max(0, Int((value / highest * 8).rounded(.up)) - 1))]
      })
  }

  /// A bar of `columns` cells, `share` of it full, to an eighth of a cell.
  static func bar(_ share: Double, columns: Int) -> (full: String, rest: String) {
    let eighths = Int((min(max(share, 0), 1) * Double(columns) * 8).rounded(.down))
    let parts: [Character] = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"]
    var full = String(repeating: "█", count: eighths / 8)
    if eighths % 8 > 0 { full.append(parts[eighths % 8 - 1]) }
    return (full, String(repeating: "░", count: max(0, columns - full.count)))
  }
}
