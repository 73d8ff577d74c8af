/// The classes that a scalar belongs to, as the reference library's components see them.
///
/// The bits are in the order of the generated `ScalarClassData`.
struct ScalarClasses: OptionSet, Sendable, Hashable {
  var rawValue: UInt32

  static let uppercase = ScalarClasses(rawValue: 1 << 0)
  static let lowercase = ScalarClasses(rawValue: 1 << 1)
  static let titlecase = ScalarClasses(rawValue: 1 << 2)
  static let modifierLetter = ScalarClasses(rawValue: 1 << 3)
  static let otherLetter = ScalarClasses(rawValue: 1 << 4)
  static let mark = ScalarClasses(rawValue: 1 << 5)
  static let number = ScalarClasses(rawValue: 1 << 6)
  static let decimalNumber = ScalarClasses(rawValue: 1 << 7)
  static let categoryPunctuation = ScalarClasses(rawValue: 1 << 8)
  static let symbol = ScalarClasses(rawValue: 1 << 9)
  static let spaceSeparator = ScalarClasses(rawValue: 1 << 10)
  static let whiteSpace = ScalarClasses(rawValue: 1 << 11)
  /// `\w` of Oniguruma, which Split patterns are written for.
  static let word = ScalarClasses(rawValue: 1 << 12)
  /// Rust's `char::is_numeric`, what the Digits pre-tokenizer means.
  static let numeric = ScalarClasses(rawValue: 1 << 13)
  /// What the Punctuation and BERT pre-tokenizers mean.
  static let punctuation = ScalarClasses(rawValue: 1 << 14)
  static let bertRemoved = ScalarClasses(rawValue: 1 << 15)
  static let bertSpace = ScalarClasses(rawValue: 1 << 16)
  static let chinese = ScalarClasses(rawValue: 1 << 17)
  static let bertAccent = ScalarClasses(rawValue: 1 << 18)
  static let accent = ScalarClasses(rawValue: 1 << 19)
  static let nmtRemoved = ScalarClasses(rawValue: 1 << 20)
  static let nmtSpace = ScalarClasses(rawValue: 1 << 21)

  /// `\w` of Rust's regular expressions, which differs from Oniguruma's in the numbers and the joiners.
  static let rustWord = ScalarClasses(rawValue: 1 << 22)

  static let letter: ScalarClasses = [.uppercase, .lowercase, .titlecase, .modifierLetter, .otherLetter]
  static let count = 23

  @inline(__always)
  func isDisjoint(with other: ScalarClasses) -> Bool { rawValue & other.rawValue == 0 }
  @inline(__always)
  func meets(_ other: ScalarClasses) -> Bool { rawValue & other.rawValue != 0 }
}

/// One value per scalar: a table of blocks of 256 scalars, in which equal blocks are kept once.
struct ScalarTable<Value: BitwiseCopyable & Hashable & Sendable>: Sendable {
  private let blocks: [UInt16]
  private let values: [Value]

  init(_ scalars: [Value]) {
    var blocks: [UInt16] = []
    var values: [Value] = []
    var known: [[Value]: UInt16] = [:]
    for start in stride(from: 0, to: scalars.count, by: 256) {
      let block = Array(scalars[start..<start + 256])
      if let number = known[block] {
        blocks.append(number)
      } else {
        let number = UInt16(known.count)
        known[block] = number
        blocks.append(number)
        values.append(contentsOf: block)
      }
    }
    self.blocks = blocks
    self.values = values
  }

  /// The value of any scalar up to U+10FFFF.
  @inline(__always)
  subscript(scalar: UInt32) -> Value {
    values[unchecked: Int(blocks[unchecked: Int(scalar >> 8)]) << 8 | Int(scalar & 0xFF)]
  }

  /// The value of a scalar below U+0100, which is in the first block.
  @inline(__always)
  subscript(latin byte: UInt8) -> Value { values[unchecked: Int(byte)] }
}
