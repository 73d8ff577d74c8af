/// The ranges of properties that patterns name, such as `\p{Han}`, and the classes of the UnicodeScripts pre-tokenizer.
final class NamedProperties: Sendable {
  static let shared = NamedProperties()

  /// In the order of the generated data.
  private static let names = """
    Cc Cf Co Mn Mc Me Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zl Zp Arabic Armenian Bengali Bopomofo Cyrillic \
    Devanagari Ethiopic Georgian Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Kannada Katakana Khmer Lao \
    Latin Malayalam Mongolian Myanmar Sinhala Tamil Telugu Thai Tibetan Common Inherited \
    Cn Alphabetic Uppercase Lowercase Math Ideographic IDStart IDContinue \
    Emoji EmojiPresentation EmojiModifier EmojiComponent ExtendedPictographic \
    Balinese Braille CanadianAboriginal Cherokee Coptic Gothic Javanese Nko Ogham Oriya Runic Syriac Thaana Tifinagh Yi
    """
  /// Other names of the same properties.
  private static let otherNames = [
    "control": "cc", "format": "cf", "privateuse": "co", "unassigned": "cn", "nonspacingmark": "mn",
    "spacingmark": "mc", "enclosingmark": "me", "letternumber": "nl", "othernumber": "no",
    "connectorpunctuation": "pc", "dashpunctuation": "pd", "openpunctuation": "ps", "closepunctuation": "pe",
    "initialpunctuation": "pi", "finalpunctuation": "pf", "otherpunctuation": "po", "mathsymbol": "sm",
    "currencysymbol": "sc", "modifiersymbol": "sk", "othersymbol": "so", "lineseparator": "zl",
    "paragraphseparator": "zp", "alpha": "alphabetic", "upper": "uppercase", "lower": "lowercase",
    "arab": "arabic", "armn": "armenian", "beng": "bengali", "bopo": "bopomofo", "cyrl": "cyrillic",
    "deva": "devanagari", "ethi": "ethiopic", "geor": "georgian", "grek": "greek", "gujr": "gujarati",
    "guru": "gurmukhi", "hang": "hangul", "hani": "han", "hebr": "hebrew", "hira": "hiragana", "kana": "katakana",
    "khmr": "khmer", "knda": "kannada", "laoo": "lao", "latn": "latin", "mlym": "malayalam", "mong": "mongolian",
    "mymr": "myanmar", "orya": "oriya", "sinh": "sinhala", "taml": "tamil", "telu": "telugu", "tibt": "tibetan",
    "zinh": "inherited", "zyyy": "common",
  ]
  private static let classNames: [String: ScalarClasses] = [
    "l": .letter, "letter": .letter, "lu": .uppercase, "uppercaseletter": .uppercase, "ll": .lowercase,
    "lowercaseletter": .lowercase, "lt": .titlecase, "titlecaseletter": .titlecase, "lm": .modifierLetter,
    "modifierletter": .modifierLetter, "lo": .otherLetter, "otherletter": .otherLetter, "m": .mark, "mark": .mark,
    "n": .number, "number": .number, "nd": .decimalNumber, "decimalnumber": .decimalNumber, "digit": .decimalNumber,
    "p": .categoryPunctuation, "punctuation": .categoryPunctuation, "punct": .categoryPunctuation,
    "posixpunct": [.categoryPunctuation, .symbol], "lc": [.uppercase, .lowercase, .titlecase],
    "casedletter": [.uppercase, .lowercase, .titlecase], "s": .symbol, "symbol": .symbol,
    "zs": .spaceSeparator, "spaceseparator": .spaceSeparator, "space": .whiteSpace, "whitespace": .whiteSpace,
    "word": .word,
  ]

  private let ranges: [String: [ClosedRange<UInt32>]]
  /// Scalars between which UnicodeScripts does not cut; class 0 never causes a cut.
  let scripts: ScalarTable<UInt8>

  private init() {
    var reader = UnicodeDataReader(base64: NamedPropertyData.base64)
    var ranges: [String: [ClosedRange<UInt32>]] = [:]
    for name in Self.names.split(separator: " ") { ranges[name.lowercased()] = reader.ranges() }
    var scripts = [UInt8](repeating: 0, count: UnicodeTables.scalarCount)
    for script in 0..<reader.number() {
      for range in reader.ranges() {
        for scalar in range { scripts[Int(scalar)] = UInt8(script + 1) }
      }
    }
    self.ranges = ranges
    self.scripts = ScalarTable(scripts)
  }

  /// The set of a property's characters; names are compared without case, spaces, `_` and `-`. Nil if it is unknown.
  subscript(name: String) -> CharacterSet? {
    let plain = name.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
    if let classes = Self.classNames[plain] { return CharacterSet(classes: classes) }
    if let known = ranges[Self.otherNames[plain] ?? plain] { return CharacterSet(ranges: known) }
    switch plain {
    case "z", "separator":
      return CharacterSet(ranges: [0x2028...0x2029], classes: .spaceSeparator)
    case "c", "other":
      return CharacterSet(ranges: ["cc", "cf", "co", "cn"].flatMap { ranges[$0] ?? [] })
    case "assigned": return self["cn"]?.inverted
    case "any": return CharacterSet(ranges: [0...0x10FFFF])
    case "ascii": return CharacterSet(ranges: [0...0x7F])
    case "alnum": return CharacterSet(ranges: ranges["alphabetic"] ?? [], classes: .decimalNumber)
    case "graph", "print":
      // All but what is unassigned, control characters and white space; printing, spaces are back.
      guard var graph = self["cn"] else { return nil }
      graph.formUnion(CharacterSet(ranges: ranges["cc"] ?? [], classes: .whiteSpace))
      graph = graph.inverted
      if plain == "print" { graph.formUnion(CharacterSet(classes: .spaceSeparator)) }
      return graph
    default: return nil
    }
  }
}
