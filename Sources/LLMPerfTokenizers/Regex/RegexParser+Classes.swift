import LLMPerfBytes

extension RegexParser {
  /// What follows a backslash when it stands for characters, inside a class or outside.
  mutating func escapedSet() throws(TokenizerError) -> CharacterSet {
    guard let scalar = next() else { throw fault("it ends in a backslash") }
    switch scalar {
    case "d": return CharacterSet(classes: .decimalNumber)
    case "D": return CharacterSet(classes: .decimalNumber).inverted
    case "w": return word
    case "W": return word.inverted
    case "s": return CharacterSet(classes: .whiteSpace)
    case "S": return CharacterSet(classes: .whiteSpace).inverted
    case "h": return CharacterSet(ranges: Self.hexDigits)
    case "H": return CharacterSet(ranges: Self.hexDigits).inverted
    case "N": return CharacterSet(ranges: [0x0A...0x0A]).inverted
    case "p", "P": return try property(negated: scalar == "P")
    default:
      let set = CharacterSet(scalar: try escapedScalar(scalar))
      return isIgnoringCase ? set.ignoringCase : set
    }
  }

  private var word: CharacterSet { classDepth > 0 ? Self.wordInBrackets : CharacterSet(classes: .word) }

  /// In brackets, the superscripts and fractions of Latin-1 are no word characters.
  private static let wordInBrackets: CharacterSet = {
    var outside = CharacterSet(classes: .word).inverted
    for scalar: UInt32 in [0xB2, 0xB3, 0xB9, 0xBC, 0xBD, 0xBE] { outside.insert(scalar) }
    return outside.inverted
  }()

  private static let hexDigits: [ClosedRange<UInt32>] = [0x30...0x39, 0x41...0x46, 0x61...0x66]

  /// The scalar that an escape names; `scalar` is what follows the backslash.
  private mutating func escapedScalar(_ scalar: Unicode.Scalar) throws(TokenizerError) -> UInt32 {
    switch scalar {
    case "t": return 0x09
    case "n": return 0x0A
    case "r": return 0x0D
    case "f": return 0x0C
    case "v": return 0x0B
    case "a": return 0x07
    case "e": return 0x1B
    case "0": return hex(atMost: 2, radix: 8)
    case "u":
      return hex(atMost: 4, radix: 16)
    case "x":
      guard take("{") else { return hex(atMost: 2, radix: 16) }
      let value = hex(atMost: 8, radix: 16)
      guard take("}"), value <= 0x10FFFF else { throw fault("\\x{ does not name a character") }
      return value
    case "a"..."z", "A"..."Z", "1"..."9": throw fault("the escape \\\(scalar) is not known")
    default: return scalar.value
    }
  }

  private mutating func hex(atMost count: Int, radix: UInt32) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<count {
      guard let scalar = peek, scalar.isASCII, let digit = HexadecimalDigit.value(of: UInt8(scalar.value)),
        digit < radix
      else { break }
      value = value * radix + UInt32(digit)
      skip(1)
    }
    return value
  }

  private mutating func property(negated: Bool) throws(TokenizerError) -> CharacterSet {
    guard take("{") else { throw fault("\\p has no name in braces") }
    let isInverted = take("^") != negated
    var name = ""
    while let scalar = next(), scalar != "}" { name.unicodeScalars.append(scalar) }
    let isWord = name.lowercased() == "word"
    guard let set = isWord ? word : NamedProperties.shared[name] ?? Self.posixSet(name) else {
      throw fault("the property \\p{\(name)} is not known")
    }
    return isInverted ? set.inverted : set
  }

  /// A class after its opening bracket.
  mutating func characterClass() throws(TokenizerError) -> CharacterSet {
    try descend()
    classDepth += 1
    defer {
      ascend()
      classDepth -= 1
    }
    let isInverted = take("^")
    var intersection: CharacterSet?
    var set = CharacterSet()
    var isFirst = true
    while true {
      guard let scalar = next() else { throw fault("a class does not end") }
      if scalar == "]", !isFirst { break }
      isFirst = false
      if scalar == "[" {
        set.formUnion(lookAhead(":") ? try posixClass() : try characterClass())
        continue
      }
      if scalar == "&", take("&") {
        intersection = intersection.map { Self.intersect($0, set) } ?? set
        set = CharacterSet()
        continue
      }
      try insertRange(from: scalar, into: &set)
    }
    if let intersection { set = Self.intersect(intersection, set) }
    if isIgnoringCase {
      set = set.ignoringCase
      if !isInverted, let scalar = MultipleCases.shared.incompleteScalar(in: set), let shown = Unicode.Scalar(scalar) {
        throw fault("a class that ignores case holds \(shown), which is several characters in another case")
      }
    }
    return isInverted ? set.inverted : set
  }

  private static func intersect(_ first: CharacterSet, _ second: CharacterSet) -> CharacterSet {
    var result = first
    result.formIntersection(second)
    return result
  }

  private mutating func insertRange(from scalar: Unicode.Scalar, into set: inout CharacterSet) throws(TokenizerError) {
    guard let first = try classScalar(scalar, into: &set) else { return }
    guard lookAhead("-"), !lookAhead("-]") else {
      set.insert(first)
      return
    }
    skip(1)
    guard let end = next() else { throw fault("a class does not end") }
    if end == "[" { throw fault("a range ends in a class") }
    guard let last = try classScalar(end, into: &set) else {
      set.insert(first)
      set.insert(0x2D)
      return
    }
    guard first <= last else { throw fault("a range in a class is empty") }
    set.insert(first...last)
  }

  /// A single scalar of a class, or nil if an escape stood for several, which are then in `set`.
  private mutating func classScalar(
    _ scalar: Unicode.Scalar, into set: inout CharacterSet
  ) throws(TokenizerError) -> UInt32? {
    guard scalar == "\\" else { return scalar.value }
    guard let escaped = peek else { throw fault("it ends in a backslash") }
    switch escaped {
    case "d", "D", "w", "W", "s", "S", "h", "H", "N", "p", "P":
      set.formUnion(try escapedSet())
      return nil
    case "b":
      skip(1)
      return 0x08
    default:
      skip(1)
      return try escapedScalar(escaped)
    }
  }

  /// `[:name:]`, after its first bracket.
  private mutating func posixClass() throws(TokenizerError) -> CharacterSet {
    skip(1)
    let isInverted = take("^")
    var name = ""
    while let scalar = next(), scalar != ":" { name.unicodeScalars.append(scalar) }
    guard take("]"), let set = Self.posixSet(name) else { throw fault("the class [:\(name):] is not known") }
    return isInverted ? set.inverted : set
  }

  /// The POSIX classes, in their Unicode meaning; most are properties of the same name.
  private static func posixSet(_ name: String) -> CharacterSet? {
    switch name.lowercased() {
    case "blank": return CharacterSet(ranges: [0x09...0x09], classes: .spaceSeparator)
    case "xdigit": return CharacterSet(ranges: hexDigits)
    case "cntrl": return NamedProperties.shared["Cc"]
    case "punct": return NamedProperties.shared["PosixPunct"]
    case "word": return wordInBrackets
    case "alpha", "digit", "alnum", "upper", "lower", "space", "ascii", "graph", "print":
      return NamedProperties.shared[name]
    default: return nil
    }
  }
}
