/// Reads the `pre_tokenizer` of a `tokenizer.json`.
enum PreTokenizerReader {
  static func steps(_ json: JSONValue, tables: UnicodeTables) throws(TokenizerError) -> [PreTokenizationStep] {
    let type = json["type"]?.string ?? ""
    switch type {
    case "Sequence":
      var steps: [PreTokenizationStep] = []
      try json["pretokenizers"]?.forEachElement { (part) throws(TokenizerError) in
        steps += try self.steps(part, tables: tables)
      }
      return steps
    case "ByteLevel":
      return byteLevel(
        addsPrefixSpace: json["add_prefix_space"]?.bool ?? true, splits: json["use_regex"]?.bool ?? true,
        tables: tables)
    case "Split":
      return [.split(try splitter(json, tables: tables))]
    case "Metaspace": return try metaspace(json)
    case "Digits":
      return [split(ScalarClasses.numeric, atMost: json["individual_digits"]?.bool ?? false ? 1 : .max, .isolated)]
    case "Punctuation":
      return [split(.punctuation, atMost: 1, try behavior(json, default: .isolated))]
    case "Whitespace":
      return [
        .split(Splitter(pattern: .wordRuns(WordRunScanner(tables: tables)), behavior: .removed, isInverted: true))
      ]
    case "WhitespaceSplit": return [split(.whiteSpace, atMost: .max, .removed)]
    case "CharDelimiterSplit":
      guard let delimiter = json["delimiter"]?.bytes, !delimiter.isEmpty else {
        throw .malformed("a CharDelimiterSplit has no delimiter")
      }
      return [.split(Splitter(pattern: .literal(delimiter), behavior: .removed, isInverted: false))]
    case "BertPreTokenizer": return bert
    case "UnicodeScripts": return [.scripts]
    default: throw .unsupported("the pre-tokenizer type \"\(type)\" is not known")
    }
  }

  static var bert: [PreTokenizationStep] {
    [split(.whiteSpace, atMost: .max, .removed), split(.punctuation, atMost: 1, .isolated)]
  }

  static func byteLevel(
    addsPrefixSpace: Bool, splits: Bool, tables: UnicodeTables
  ) -> [PreTokenizationStep] {
    var steps: [PreTokenizationStep] = addsPrefixSpace ? [.prefixSpace] : []
    if splits {
      steps.append(
        .split(Splitter(pattern: .gpt2(GPT2Scanner(tables: tables)), behavior: .isolated, isInverted: false)))
    }
    return steps + [.byteStandIns]
  }

  private static func split(
    _ classes: ScalarClasses, atMost count: Int, _ behavior: SplitBehavior
  ) -> PreTokenizationStep {
    let scanner = RunScanner(CharacterSet(classes: classes), atMost: count)
    return .split(Splitter(pattern: .run(scanner), behavior: behavior, isInverted: false))
  }

  private static func splitter(_ json: JSONValue, tables: UnicodeTables) throws(TokenizerError) -> Splitter {
    let behavior = try behavior(json, default: nil)
    let isInverted = json["invert"]?.bool ?? false
    if let literal = json["pattern"]?["String"]?.bytes {
      return Splitter(pattern: .literal(literal), behavior: behavior, isInverted: isInverted)
    }
    guard let regex = json["pattern"]?["Regex"]?.string else {
      throw .malformed("a Split pre-tokenizer's pattern is neither a String nor a Regex")
    }
    return Splitter(
      pattern: try SplitPattern(regex: regex, tables: tables), behavior: behavior, isInverted: isInverted)
  }

  private static func behavior(
    _ json: JSONValue, default behavior: SplitBehavior?
  ) throws(TokenizerError) -> SplitBehavior {
    let name = json["behavior"]?.string
    if name == nil, let behavior { return behavior }
    guard let behavior = SplitBehavior(rawValue: name ?? "") else {
      throw .unsupported("the split behavior \"\(name ?? "")\" is not known")
    }
    return behavior
  }

  private static func metaspace(_ json: JSONValue) throws(TokenizerError) -> [PreTokenizationStep] {
    let replacement = json["replacement"]?.bytes ?? Array("\u{2581}".utf8)
    let scheme: Metaspace.Scheme
    switch json["prepend_scheme"]?.string {
    case "always": scheme = .always
    case "first": scheme = .first
    case "never": scheme = .never
    case nil: scheme = json["add_prefix_space"]?.bool ?? true ? .always : .never
    case let name?: throw .unsupported("the prepend_scheme \"\(name)\" is not known")
    }
    var steps: [PreTokenizationStep] = [.metaspace(Metaspace(replacement: replacement, scheme: scheme))]
    if json["split"]?.bool ?? true {
      steps.append(.split(Splitter(pattern: .literal(replacement), behavior: .mergedWithNext, isInverted: false)))
    }
    return steps
  }
}
