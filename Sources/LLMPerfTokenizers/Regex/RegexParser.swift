/// Reads a regular expression in Oniguruma's Ruby syntax, which `tokenizer.json` files are written in.
///
/// `^` and `$` are line anchors always, `\h` is a hexadecimal digit, classes can be intersected with `&&`, and a `+`
/// after an interval repeats it instead of making it possessive.
struct RegexParser {
  private let scalars: [UInt32]
  private var position = 0
  private(set) var captureCount = 0
  private var names: [String: Int] = [:]
  private var ignoresCase = false
  private var dotMatchesNewline = false
  private var ignoresSpace = false
  /// The character that the last atom was.
  private var lastLiteral: UInt32?
  private var depth = 0
  /// How many brackets are open.
  var classDepth = 0

  init(_ pattern: String) { scalars = pattern.unicodeScalars.map(\.value) }

  mutating func parse() throws(TokenizerError) -> RegexNode {
    let node = try alternation()
    guard position == scalars.count else { throw fault("a closing parenthesis is not expected") }
    return node
  }

  func fault(_ what: String) -> TokenizerError {
    let shown = String(String.UnicodeScalarView(scalars.prefix(200).compactMap { Unicode.Scalar($0) }))
    return .unsupported("the regular expression \(shown) cannot be used: \(what) (character \(position))")
  }

  mutating func descend() throws(TokenizerError) {
    depth += 1
    guard depth < 100 else { throw fault("it is nested too deeply") }
  }

  mutating func ascend() { depth -= 1 }

  // MARK: Structure

  private mutating func alternation() throws(TokenizerError) -> RegexNode {
    try descend()
    defer { ascend() }
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .alternation(branches)
  }

  private mutating func sequence() throws(TokenizerError) -> RegexNode {
    var nodes: [RegexNode] = []
    // Where case is ignored: the character that a node is.
    var literals: [UInt32?] = []
    while let scalar = peek, scalar != "|", scalar != ")" {
      if ignoresSpace, skipIgnored() { continue }
      lastLiteral = nil
      var node = try atom(&nodes)
      var literal = ignoresCase ? lastLiteral : nil
      while let quantified = try quantifier(node) {
        node = quantified
        literal = nil
      }
      if case .empty = node { continue }
      nodes.append(node)
      literals.append(literal)
    }
    if literals.contains(where: { $0 != nil }) { nodes = MultipleCases.shared.expand(nodes, literals: literals) }
    switch nodes.count {
    case 0: return .empty
    case 1: return nodes[0]
    default: return .sequence(nodes)
    }
  }

  private mutating func quantifier(_ node: RegexNode) throws(TokenizerError) -> RegexNode? {
    var bounds: (Int, Int?)
    var isInterval = false
    switch peek {
    case "*": bounds = (0, nil)
    case "+": bounds = (1, nil)
    case "?": bounds = (0, 1)
    case "{":
      guard let interval = interval() else { return nil }
      bounds = interval
      isInterval = true
    default: return nil
    }
    if !isInterval { position += 1 }
    if let max = bounds.1, max < bounds.0 { bounds = (max, bounds.0) }
    var greed = RegexNode.Greed.greedy
    if take("?") {
      greed = .lazy
    } else if !isInterval, take("+") {
      greed = .possessive
    }
    if let flat = node.repeated(bounds.0, bounds.1, greed) { return flat }
    return .repetition(node, min: bounds.0, max: bounds.1, greed)
  }

  /// Reads `{n}`, `{n,}`, `{,m}` or `{n,m}`; anything else that begins with a brace is literal.
  private mutating func interval() -> (Int, Int?)? {
    let start = position
    position += 1
    let least = number()
    let hasComma = take(",")
    let most = hasComma ? number() : least
    guard take("}"), least != nil || most != nil, (least ?? 0) <= 1000, (most ?? 0) <= 1000 else {
      position = start
      return nil
    }
    return (least ?? 0, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let scalar = peek, ("0"..."9").contains(scalar), (value ?? 0) < 100_000 {
      value = (value ?? 0) * 10 + Int(scalar.value - 48)
      position += 1
    }
    return value
  }

  private mutating func skipIgnored() -> Bool {
    guard let scalar = peek else { return false }
    if scalar.properties.isWhitespace {
      position += 1
      return true
    }
    guard scalar == "#" else { return false }
    while let scalar = peek, scalar != "\n" {
      _ = scalar
      position += 1
    }
    return true
  }

  // MARK: Atoms

  private mutating func atom(_ before: inout [RegexNode]) throws(TokenizerError) -> RegexNode {
    guard let scalar = next() else { throw fault("it ends too early") }
    switch scalar {
    case "(": return try group(&before)
    case "[": return .set(try characterClass())
    case ".":
      return .set(
        dotMatchesNewline ? CharacterSet(ranges: [0...0x10FFFF]) : CharacterSet(ranges: [0x0A...0x0A]).inverted)
    case "^": return .assertion(.lineStart)
    case "$": return .assertion(.lineEnd)
    case "\\": return try escape()
    case "*", "+", "?": throw fault("a quantifier has nothing to repeat")
    default:
      lastLiteral = scalar.value
      return .set(literal(scalar.value))
    }
  }

  private func literal(_ scalar: UInt32) -> CharacterSet {
    var set = CharacterSet()
    for variant in ignoresCase ? CaseVariants.shared.variants(of: scalar) : [scalar] { set.insert(variant) }
    return set
  }

  private mutating func group(_ before: inout [RegexNode]) throws(TokenizerError) -> RegexNode {
    let (wasIgnoringCase, hadDot, wasIgnoringSpace) = (ignoresCase, dotMatchesNewline, ignoresSpace)
    func closed(_ parser: inout RegexParser, _ node: RegexNode) throws(TokenizerError) -> RegexNode {
      guard parser.take(")") else { throw parser.fault("a closing parenthesis is missing") }
      parser.ignoresCase = wasIgnoringCase
      parser.dotMatchesNewline = hadDot
      parser.ignoresSpace = wasIgnoringSpace
      return node
    }
    guard take("?") else {
      captureCount += 1
      let index = captureCount
      return try closed(&self, .capture(index, try alternation()))
    }
    if take(":") { return try closed(&self, try alternation()) }
    if take("=") { return try closed(&self, .look(ahead: true, negative: false, try alternation())) }
    if take("!") { return try closed(&self, .look(ahead: true, negative: true, try alternation())) }
    if take(">") { return try closed(&self, .atomic(try alternation())) }
    if take("#") {
      while let scalar = peek, scalar != ")" {
        _ = scalar
        position += 1
      }
      return try closed(&self, .empty)
    }
    if take("<") {
      if take("=") { return try closed(&self, .look(ahead: false, negative: false, try alternation())) }
      if take("!") { return try closed(&self, .look(ahead: false, negative: true, try alternation())) }
      let name = try name(until: ">")
      captureCount += 1
      names[name] = captureCount
      let index = captureCount
      return try closed(&self, .capture(index, try alternation()))
    }
    var enables = true
    while let scalar = next() {
      switch scalar {
      case "-": enables = false
      case "i": ignoresCase = enables
      case "m": dotMatchesNewline = enables
      case "x": ignoresSpace = enables
      case ":": return try closed(&self, try alternation())
      case ")":
        // The options hold to the end of the enclosing group.
        let rest = try alternation()
        (ignoresCase, dotMatchesNewline, ignoresSpace) = (wasIgnoringCase, hadDot, wasIgnoringSpace)
        return rest
      default: throw fault("the group (?\(scalar) is not known")
      }
    }
    throw fault("a group does not end")
  }

  private mutating func name(until end: Unicode.Scalar) throws(TokenizerError) -> String {
    var name = ""
    while let scalar = next() {
      if scalar == end { return name }
      name.unicodeScalars.append(scalar)
    }
    throw fault("a name does not end")
  }

  private mutating func escape() throws(TokenizerError) -> RegexNode {
    guard let scalar = peek else { throw fault("it ends in a backslash") }
    switch scalar {
    case "b": return advance(.assertion(.wordBoundary))
    case "B": return advance(.assertion(.notWordBoundary))
    case "A": return advance(.assertion(.textStart))
    case "z": return advance(.assertion(.textEnd))
    case "Z": return advance(.assertion(.textEndBeforeNewline))
    case "X": return advance(.graphemeCluster)
    case "R":
      position += 1
      let pair = RegexNode.sequence([.set(literal(0x0D)), .set(literal(0x0A))])
      return .atomic(.alternation([pair, .set(.lineBreak)]))
    case "1"..."9":
      position += 1
      guard let index = scalar.value >= 49 ? Int(scalar.value - 48) : nil, index <= captureCount else {
        throw fault("the group that \\\(scalar) refers to does not precede it")
      }
      if ignoresCase { throw fault("a back-reference that ignores case") }
      return .backReference(index)
    case "k":
      position += 1
      guard take("<"), let index = names[try name(until: ">")] else { throw fault("\\k names no group") }
      return .backReference(index)
    case "K", "G", "g": throw fault("\\\(scalar) is not supported")
    default: return .set(try escapedSet())
    }
  }

  private mutating func advance(_ node: RegexNode) -> RegexNode {
    position += 1
    return node
  }

  // MARK: Scalars

  var peek: Unicode.Scalar? { position < scalars.count ? Unicode.Scalar(scalars[position]) : nil }

  mutating func next() -> Unicode.Scalar? {
    guard let scalar = peek else { return nil }
    position += 1
    return scalar
  }

  mutating func take(_ wanted: Unicode.Scalar) -> Bool {
    guard peek == wanted else { return false }
    position += 1
    return true
  }

  func lookAhead(_ text: String) -> Bool {
    scalars[position...].starts(with: text.unicodeScalars.map(\.value))
  }

  mutating func skip(_ count: Int) { position += count }

  var isIgnoringCase: Bool { ignoresCase }
}
