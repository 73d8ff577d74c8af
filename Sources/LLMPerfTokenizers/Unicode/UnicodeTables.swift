/// What the reference library knows about characters.
///
/// Its regular expressions, its normalization and its punctuation follow different versions of Unicode, so no other
/// table on the machine will do: the data is what the library answered when asked about each character.
final class UnicodeTables: Sendable {
  static let shared = UnicodeTables()

  static let scalarCount = 0x11_0000

  let classes: ScalarTable<UInt32>
  /// The ranges of each class, by its bit.
  let classRanges: [[ClosedRange<UInt32>]]
  let normalization: ScalarTable<UInt16>
  let canonical: ScalarMapping
  let compatibility: ScalarMapping
  let lowercase: ScalarMapping
  private let composed: [UInt64: UInt32]

  private init() {
    var reader = UnicodeDataReader(base64: ScalarClassData.base64)
    var classes = [UInt32](repeating: 0, count: Self.scalarCount)
    var classRanges: [[ClosedRange<UInt32>]] = []
    for bit in 0..<ScalarClasses.count {
      let ranges = reader.ranges()
      classRanges.append(ranges)
      for range in ranges {
        for scalar in range { classes[Int(scalar)] |= 1 << UInt32(bit) }
      }
    }
    self.classes = ScalarTable(classes)
    self.classRanges = classRanges

    reader = UnicodeDataReader(base64: ScalarMappingData.base64)
    canonical = reader.mapping()
    compatibility = reader.mapping()
    let recomposed = reader.mapping()
    lowercase = reader.mapping()
    var composed: [UInt64: UInt32] = [:]
    var properties = [UInt16](repeating: 0, count: Self.scalarCount)
    var first: UInt32 = 0
    for _ in 0..<reader.number() {
      first += reader.number()
      let second = reader.number()
      composed[UInt64(first) << 32 | UInt64(second)] = reader.number()
      properties[Int(second)] |= NormalizationProperties.composesWithPrevious.rawValue
    }
    for _ in 0..<reader.number() {
      let combiningClass = UInt16(reader.number())
      for range in reader.ranges() {
        for scalar in range { properties[Int(scalar)] |= combiningClass }
      }
    }
    for key in canonical.keys { properties[Int(key)] |= NormalizationProperties.decomposes.rawValue }
    for key in compatibility.keys {
      properties[Int(key)] |= NormalizationProperties.decomposesCompatibly.rawValue
    }
    for key in recomposed.keys { properties[Int(key)] |= NormalizationProperties.changesInNFC.rawValue }
    for key in Hangul.syllables { properties[Int(key)] |= NormalizationProperties.decomposes.rawValue }
    for jamo in Array(Hangul.vowels) + Array(Hangul.trailing) {
      properties[Int(jamo)] |= NormalizationProperties.composesWithPrevious.rawValue
    }
    for key in lowercase.keys { properties[Int(key)] |= NormalizationProperties.changesInLowercase.rawValue }
    self.composed = composed
    normalization = ScalarTable(properties)
  }

  @inline(__always)
  func classes(of scalar: UInt32) -> ScalarClasses { ScalarClasses(rawValue: classes[scalar]) }

  @inline(__always)
  func properties(of scalar: UInt32) -> NormalizationProperties {
    NormalizationProperties(rawValue: normalization[scalar])
  }

  /// The primary composite of two scalars, or nil.
  func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if let syllable = Hangul.composition(first, second) { return syllable }
    return composed[UInt64(first) << 32 | UInt64(second)]
  }
}

/// What normalization has to know about a scalar: its combining class in the low byte, and flags.
struct NormalizationProperties: Sendable {
  var rawValue: UInt16

  static let decomposes = NormalizationProperties(rawValue: 1 << 8)
  static let decomposesCompatibly = NormalizationProperties(rawValue: 1 << 9)
  static let changesInNFC = NormalizationProperties(rawValue: 1 << 10)
  static let composesWithPrevious = NormalizationProperties(rawValue: 1 << 11)
  static let changesInLowercase = NormalizationProperties(rawValue: 1 << 12)

  @inline(__always)
  var combiningClass: UInt8 { UInt8(truncatingIfNeeded: rawValue) }

  @inline(__always)
  func meets(_ mask: UInt16) -> Bool { rawValue & mask != 0 }
}

/// Korean syllables, composed and decomposed by arithmetic (Unicode, section 3.12).
enum Hangul {
  static let syllables: Range<UInt32> = 0xAC00..<0xD7A4
  static let leading: Range<UInt32> = 0x1100..<0x1113
  static let vowels: Range<UInt32> = 0x1161..<0x1176
  static let trailing: Range<UInt32> = 0x11A8..<0x11C3
  private static let perVowel: UInt32 = 28
  private static let perLeading: UInt32 = 21 * 28

  static func composition(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if leading.contains(first), vowels.contains(second) {
      return 0xAC00 + (first - 0x1100) * perLeading + (second - 0x1161) * perVowel
    }
    if syllables.contains(first), (first - 0xAC00) % perVowel == 0, trailing.contains(second) {
      return first + (second - 0x11A7)
    }
    return nil
  }

  static func decomposition(of syllable: UInt32) -> (leading: UInt32, vowel: UInt32, trailing: UInt32?) {
    let index = syllable - 0xAC00
    let rest = index % perVowel
    return (
      0x1100 + index / perLeading, 0x1161 + index % perLeading / perVowel, rest == 0 ? nil : 0x11A7 + rest
    )
  }
}
