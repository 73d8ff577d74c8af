/// How a file writes characters as bytes: `--encoding`.
public enum TextEncoding: String, Sendable, Hashable, CaseIterable {
  case utf8 = "utf-8"
  /// The byte-order mark says which end comes first; without one it is the little end.
  case utf16 = "utf-16"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"
  /// ISO 8859-1.
  case latin1 = "latin-1"
  case gbk
  case gb18030

  /// The encoding called `name`, in any case and with or without dashes; nil when it is not known.
  public init?(_ name: String) {
    let plain: (String) -> String = { String($0.lowercased().filter { $0 != "-" && $0 != "_" }) }
    let aliases = ["iso88591": TextEncoding.latin1, "cp936": .gbk, "gb2312": .gbk]
    guard let known = Self.allCases.first(where: { plain($0.rawValue) == plain(name) }) ?? aliases[plain(name)] else {
      return nil
    }
    self = known
  }
}

/// What the first bytes of a file tell of it.
enum FileSignature: Hashable {
  /// A byte-order mark of so many bytes, for this encoding.
  case mark(TextEncoding, length: Int)
  /// No text that can be read here; what it is, and what to do.
  case other(String, advice: String)

  /// Bytes that suffice to know a file.
  static let length = 16

  init?(_ bytes: some Collection<UInt8>) {
    guard let known = Self.known.first(where: { bytes.starts(with: $0.bytes) }) else { return nil }
    self = known.signature
  }

  /// The mark of UTF-32 begins like that of UTF-16, so it comes first.
  private static let known: [(bytes: [UInt8], signature: FileSignature)] = [
    ([0xFF, 0xFE, 0, 0], .other("text in UTF-32", advice: convert)),
    ([0, 0, 0xFE, 0xFF], .other("text in UTF-32", advice: convert)),
    ([0xEF, 0xBB, 0xBF], .mark(.utf8, length: 3)),
    ([0xFF, 0xFE], .mark(.utf16LittleEndian, length: 2)),
    ([0xFE, 0xFF], .mark(.utf16BigEndian, length: 2)),
    ([0x84, 0x31, 0x95, 0x33], .mark(.gb18030, length: 4)),
    ([0x1F, 0x8B], .other("a gzip file", advice: unpack("gunzip"))),
    ([0x28, 0xB5, 0x2F, 0xFD], .other("a zstd file", advice: unpack("unzstd"))),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0], .other("an xz file", advice: unpack("unxz"))),
    (Array("BZh91AY&SY".utf8), .other("a bzip2 file", advice: unpack("bunzip2"))),
    (Array("PK".utf8) + [3, 4], .other("a zip file", advice: unpack("unzip"))),
    (Array("SQLite format 3".utf8) + [0], .other("an SQLite database", advice: "give a file of text")),
  ]

  private static let convert = "convert it to UTF-8 first"

  private static func unpack(_ tool: String) -> String { "unpack it first, for instance with \(tool)" }
}
