/// What is kept of one measured request until the end of the run, in nanoseconds or as a count.
enum RequestColumn: Int, CaseIterable {
  case index, due, start, sent, ended, finished
  case firstToken, firstVisible, tokenSpan, tokenEvents, firstEventTokens, longestGap
  case connectTime, readDelay, firstSlack
  case usageInput, usageOutput, countedInput, countedOutput
  /// Time to the first event by the original's arithmetic.
  case legacyFirstChunk

  /// Stands for a value that does not exist.
  static let absent = Int64.min
}

/// One request's values.
struct RequestRow {
  private var values = InlineArray<20, Int64>(repeating: RequestColumn.absent)

  subscript(column: RequestColumn) -> Int64? {
    get { values[column.rawValue] == RequestColumn.absent ? nil : values[column.rawValue] }
    set { values[column.rawValue] = newValue ?? RequestColumn.absent }
  }

  fileprivate func raw(_ column: Int) -> Int64 { values[column] }
}

/// The values of all measured requests, column by column: exact, in memory that does not grow with the run.
///
/// Rows gather in blocks. The first blocks stay in memory, so an ordinary run never touches the disk; later ones go to an
/// unnamed temporary file, from which one column at a time is read back. When the disk does not take a block, it stays in
/// memory: exact numbers matter more than thrift.
struct RequestColumns {
  private enum Block {
    case memory([Int64])
    case file(start: Int)
  }

  /// Rows of one block.
  static let blockRows = 4096
  /// Blocks that stay in memory: 131,072 requests, 21 MB.
  static let blocksInMemory = 32

  /// How many rows there are.
  private(set) var count = 0
  private var blocks: [Block] = []
  /// The block being filled, column after column.
  private var tail: [Int64] = []
  private var file: SpillFile?
  private let spillDirectory: String
  private let blocksInMemory: Int

  /// No row yet. Blocks after the first `blocksInMemory` go to a file in `spillDirectory`.
  init(spillDirectory: String, blocksInMemory: Int = Self.blocksInMemory) {
    self.spillDirectory = spillDirectory
    self.blocksInMemory = blocksInMemory
  }

  /// How many blocks lie in the file.
  var spilledBlocks: Int {
    blocks.count { if case .file = $0 { true } else { false } }
  }

  mutating func append(_ row: RequestRow) {
    let columns = RequestColumn.allCases.count
    let position = count % Self.blockRows
    if tail.isEmpty { tail = Array(repeating: 0, count: columns * Self.blockRows) }
    tail.withUnsafeMutableBufferPointer { tail in
      for column in 0..<columns { tail[column * Self.blockRows + position] = row.raw(column) }
    }
    count += 1
    if position == Self.blockRows - 1 { finishBlock() }
  }

  /// The column's value of each row, `RequestColumn.absent` where there is none.
  func values(_ column: RequestColumn) throws -> [Int64] {
    var output: [Int64] = []
    output.reserveCapacity(count)
    for block in 0..<blockCount { try read(column, ofBlock: block, into: &output) }
    return output
  }

  /// Makes a value of each row's two columns. Goes block by block, so that neither column is in memory as a whole.
  func combine<Value>(
    _ left: RequestColumn, _ right: RequestColumn, _ value: (Int64, Int64) -> Value
  ) throws -> [Value] {
    var output: [Value] = []
    output.reserveCapacity(count)
    var lefts: [Int64] = []
    var rights: [Int64] = []
    for block in 0..<blockCount {
      lefts.removeAll(keepingCapacity: true)
      rights.removeAll(keepingCapacity: true)
      try read(left, ofBlock: block, into: &lefts)
      try read(right, ofBlock: block, into: &rights)
      for row in lefts.indices { output.append(value(lefts[row], rights[row])) }
    }
    return output
  }

  private var blockCount: Int { blocks.count + (count % Self.blockRows > 0 ? 1 : 0) }

  private func read(_ column: RequestColumn, ofBlock block: Int, into output: inout [Int64]) throws {
    let inside = column.rawValue * Self.blockRows
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
