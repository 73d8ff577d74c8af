/// What `tokenizer_config.json` says that changes ids.
struct TokenizerConfiguration {
  private let json: JSONValue?

  /// - Parameter document: nil if there is no such file.
  init(_ document: JSONDocument?) { json = document?.root }

  /// The tokenizer's class, without `Fast` at its end.
  var className: String {
    let name = json?["tokenizer_class"]?.string ?? ""
    return name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
  }

  var addsBeginning: Bool? { json?["add_bos_token"]?.bool }
  var addsEnd: Bool? { json?["add_eos_token"]?.bool }
  var beginning: [UInt8]? { Self.content(json?["bos_token"]) }
  var end: [UInt8]? { Self.content(json?["eos_token"]) }
  var addsPrefixSpace: Bool { json?["add_prefix_space"]?.bool ?? false }
  var isLegacy: Bool { json?["legacy"]?.bool ?? true }
  var lowercases: Bool { json?["do_lower_case"]?.bool ?? true }
  var stripsAccents: Bool? { json?["strip_accents"]?.bool }
  var padsChinese: Bool { json?["tokenize_chinese_chars"]?.bool ?? true }
  var exists: Bool { json != nil }

  /// A token that is written as a string or as an object with `content`.
  private static func content(_ value: JSONValue?) -> [UInt8]? { value?.bytes ?? value?["content"]?.bytes }

  /// The entries of `added_tokens_decoder`, in the order of their ids, then the named special tokens.
  var addedTokens: [AddedToken] {
    guard let json else { return [] }
    var numbered: [(Int, AddedToken)] = []
    json["added_tokens_decoder"]?.forEachMember { id, value in
      if let token = AddedToken(value) { numbered.append((Int(id.string ?? "") ?? 0, token)) }
    }
    var tokens = numbered.sorted { $0.0 < $1.0 }.map(\.1)
    for key: StaticString in [
      "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
    ] {
      if let token = Self.token(json[key]) { tokens.append(token) }
    }
    json["additional_special_tokens"]?.forEachElement { value in
      if let token = Self.token(value) { tokens.append(token) }
    }
    return tokens
  }

  private static func token(_ value: JSONValue?) -> AddedToken? {
    guard let value else { return nil }
    if let content = value.bytes { return AddedToken(id: 0, content: content) }
    return AddedToken(value)
  }

  /// Classes whose post-processor `transformers` 4 replaces by its own, and the names of their first and last token.
  private static let ownSpecialTokens: [String: (beginning: String, end: String)] = [
    "LlamaTokenizer": ("<s>", "</s>"), "CodeLlamaTokenizer": ("<s>", "</s>"),
    "GemmaTokenizer": ("<bos>", "<eos>"), "CohereTokenizer": ("<BOS_TOKEN>", "<|END_OF_TURN_TOKEN|>"),
    "GPTNeoXTokenizer": ("<|endoftext|>", "<|endoftext|>"),
  ]

  /// What the class puts before and after a text, whatever `tokenizer.json` says; nil if the file decides.
  func ownSpecialTokens() -> (prefix: [[UInt8]], suffix: [[UInt8]])? {
    guard let names = Self.ownSpecialTokens[className] else { return nil }
    let addsBeginning = self.addsBeginning ?? (className != "GPTNeoXTokenizer")
    return (
      addsBeginning ? [beginning ?? Array(names.beginning.utf8)] : [],
      addsEnd ?? false ? [end ?? Array(names.end.utf8)] : []
    )
  }
}

extension AddedToken {
  /// Reads an added token's object; nil if it has no content.
  init?(_ json: JSONValue) {
    guard let content = json["content"]?.bytes else { return nil }
    self.init(
      id: 0, content: content, isSingleWord: json["single_word"]?.bool ?? false,
      stripsLeft: json["lstrip"]?.bool ?? false, stripsRight: json["rstrip"]?.bool ?? false,
      isNormalized: json["normalized"]?.bool ?? false, isSpecial: json["special"]?.bool ?? false)
  }
}
