import Testing

@testable import LLMPerf

struct RequestColumnsTests {
  private func row(_ number: Int) -> RequestRow {
    var row = RequestRow()
    row[.index] = Int64(number)
    row[.sent] = Int64(number) * 3
    if number.isMultiple(of: 2) { row[.ended] = Int64(number) * 5 }
    return row
  }

  private func filled(_ columns: RequestColumns, count: Int) -> RequestColumns {
    var columns = columns
    for number in 0..<count { columns.append(row(number)) }
    return columns
  }

  @Test(arguments: [0, 1, 4095, 4096, 4097, 20_000])
  func `gives back every value from memory and from the file`(count: Int) throws {
    let inMemory = filled(RequestColumns(spillDirectory: "/var/tmp"), count: count)
    let spilled = filled(RequestColumns(spillDirectory: "/var/tmp", blocksInMemory: 1), count: count)
    #expect(inMemory.spilledBlocks == 0)
    #expect(spilled.spilledBlocks == max(0, count / 4096 - 1))
    let expected = (0..<count).map { $0.isMultiple(of: 2) ? Int64($0) * 5 : RequestColumn.absent }
    for columns in [inMemory, spilled] {
      #expect(try columns.values(.index) == (0..<Int64(count)).map(\.self))
      #expect(try columns.values(.sent) == (0..<Int64(count)).map { $0 * 3 })
      #expect(try columns.values(.ended) == expected)
      #expect(try columns.values(.due) == Array(repeating: RequestColumn.absent, count: count))
    }
  }

  @Test
  func `keeps values in memory when there is no disk for them`() throws {
    let columns = filled(RequestColumns(spillDirectory: "/nonexistent", blocksInMemory: 0), count: 9000)
    #expect(columns.spilledBlocks == 0)
    #expect(try columns.values(.sent) == (0..<9000).map { $0 * 3 })
  }
}
