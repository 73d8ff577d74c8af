/// Rows of whole numbers, kept column by column: exact, in memory that does not grow with their number.
///
/// Rows gather in blocks. The first blocks stay in memory, so an ordinary run never touches the disk; later ones go to an
/// unnamed temporary file, from which one column at a time is read back. When the disk does not take a block, it stays in
/// memory: exact numbers matter more than thrift.
struct RowStore {
  private enum Block {
    case memory([Int64])
    case file(start: Int)
  }

  /// Rows of one block.
  static let blockRows = 4096
  /// Blocks that stay in memory: 131,072 rows, a megabyte a column.
  static let blocksInMemory = 32

  /// How many rows there are.
  private(set) var count = 0
  private let columns: Int
  private var blocks: [Block] = []
  /// The block being filled, column after column.
  private var tail: [Int64] = []
  private var file: SpillFile?
  private let spillDirectory: String
  private let blocksInMemory: Int

  /// No row yet. Blocks after the first `blocksInMemory` go to a file in `spillDirectory`.
  init(columns: Int, spillDirectory: String, blocksInMemory: Int = Self.blocksInMemory) {
    self.columns = columns
    self.spillDirectory = spillDirectory
    self.blocksInMemory = blocksInMemory
  }

  /// How many blocks there are, and how many of them lie in the file.
  var blockCount: Int { blocks.count + (count % Self.blockRows > 0 ? 1 : 0) }
  var spilledBlocks: Int {
    blocks.count { if case .file = $0 { true } else { false } }
  }

  /// Adds the row that has `value` of each column.
  mutating func append(_ value: (_ column: Int) -> Int64) {
    let position = count % Self.blockRows
    if tail.isEmpty { tail = Array(repeating: 0, count: columns * Self.blockRows) }
    tail.withUnsafeMutableBufferPointer { tail in
      for column in 0..<columns { tail[column * Self.blockRows + position] = value(column) }
    }
    count += 1
    if position == Self.blockRows - 1 { finishBlock() }
  }

  /// The column's value of each row.
  func values(_ column: Int) throws -> [Int64] {
    var output: [Int64] = []
    output.reserveCapacity(count)
    for block in 0..<blockCount { try read(column, ofBlock: block, into: &output) }
    return output
  }

  /// Tells the column's value of each row, and has a block of them in memory at a time.
  func forEach(_ column: Int, _ body: (_ row: Int, _ value: Int64) -> Void) throws {
    var values: [Int64] = []
    for block in 0..<blockCount {
      values.removeAll(keepingCapacity: true)
      try read(column, ofBlock: block, into: &values)
      for (row, value) in values.enumerated() { body(block * Self.blockRows + row, value) }
    }
  }

  /// Adds the column's values of one block to `output`.
  func read(_ column: Int, ofBlock block: Int, into output: inout [Int64]) throws {
    let inside = column * Self.blockRows
    guard block < blocks.count else {
      output += tail[inside..<inside + count % Self.blockRows]
      return
    }
    switch blocks[block] {
    case .memory(let values): output += values[inside..<inside + Self.blockRows]
    case .file(let start):
      try file?.read(Self.blockRows, at: start + inside * MemoryLayout<Int64>.stride, into: &output)
    }
  }

  private mutating func finishBlock() {
    if blocks.count >= blocksInMemory {
      if file == nil { file = SpillFile(directory: spillDirectory) }
      if let start = file?.append(tail) {
        // The block's memory serves the next rows: all of it is written again before it is read.
        blocks.append(.file(start: start))
        return
      }
    }
    blocks.append(.memory(tail))
    tail = []
  }
}
