/// The framing of a W&B run file: LevelDB's log format with plain CRC-32. A file is a header of seven bytes and chunks;
/// a chunk never crosses a block of 32 KiB, so a record may take several.
enum WandBLogFormat {
  static let header: [UInt8] = Array(":W&B".utf8) + [0xE1, 0xBE, 0]
  static let blockSize = 32768
  /// Checksum, length and kind in front of each chunk.
  static let chunkHeaderSize = 7

  enum Kind: UInt8 {
    case whole = 1
    case first = 2
    case middle = 3
    case last = 4
  }

  /// `record` as it stands in a file from `offset` on.
  static func framed(_ record: [UInt8], at offset: Int) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(record.count + 3 * chunkHeaderSize)
    var rest = record[...]
    var isFirst = true
    while true {
      let left = blockSize - (offset + output.count) % blockSize
      if left < chunkHeaderSize {
        output.append(contentsOf: repeatElement(0, count: left))
        continue
      }
      let part = rest.prefix(left - chunkHeaderSize)
      rest = rest.dropFirst(part.count)
      let kind: Kind = isFirst ? (rest.isEmpty ? .whole : .first) : (rest.isEmpty ? .last : .middle)
      let sum = CRC32.checksum(kind.rawValue, part)
      output += [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: sum >> $0) }
      output += [UInt8(truncatingIfNeeded: part.count), UInt8(truncatingIfNeeded: part.count >> 8), kind.rawValue]
      output += part
      isFirst = false
      if rest.isEmpty { return output }
    }
  }

  /// Reads records back out of a file as it grows.
  struct Reader {
    /// Where the next byte of the file belongs.
    private(set) var offset = 0
    private var pending: [UInt8] = []
    private var partial: [UInt8] = []

    /// Takes the next bytes of the file; returns the records that are whole with them. Nil: the file is damaged.
    mutating func feed(_ bytes: some Collection<UInt8>) -> [[UInt8]]? {
      pending.append(contentsOf: bytes)
      var records: [[UInt8]] = []
      var position = 0
      if offset == 0 {
        guard pending.count >= header.count else { return [] }
        guard pending.starts(with: header) else { return nil }
        position = header.count
      }
      while true {
        let left = blockSize - (offset + position) % blockSize
        if left < chunkHeaderSize {
          guard pending.count - position >= left else { break }
          position += left
          continue
        }
        guard pending.count - position >= chunkHeaderSize else { break }
        let size = Int(pending[position + 4]) | Int(pending[position + 5]) << 8
        guard let kind = Kind(rawValue: pending[position + 6]), size <= left - chunkHeaderSize else { return nil }
        let start = position + chunkHeaderSize
        guard pending.count - start >= size else { break }
        let part = pending[start..<start + size]
        let sum = (0..<4).reduce(UInt32(0)) { $0 | UInt32(pending[position + $1]) << UInt32(8 * $1) }
        guard sum == CRC32.checksum(kind.rawValue, part) else { return nil }
        if kind == .whole || kind == .first { partial.removeAll(keepingCapacity: true) }
        partial += part
        if kind == .whole || kind == .last { records.append(partial) }
        position = start + size
      }
      pending.removeSubrange(..<position)
      offset += position
      return records
    }
  }
}
