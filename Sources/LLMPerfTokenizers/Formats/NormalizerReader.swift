import LLMPerfBytes

/// Reads the `normalizer` of a `tokenizer.json`.
enum NormalizerReader {
  static func steps(_ json: JSONValue, tables: UnicodeTables) throws(TokenizerError) -> [NormalizationStep] {
    let type = json["type"]?.string ?? ""
    switch type {
    case "Sequence":
      var steps: [NormalizationStep] = []
      try json["normalizers"]?.forEachElement { (part) throws(TokenizerError) in
        steps += try self.steps(part, tables: tables)
      }
      return steps
    case "NFC": return [.form(.nfc)]
    case "NFD": return [.form(.nfd)]
    case "NFKC": return [.form(.nfkc)]
    case "NFKD": return [.form(.nfkd)]
    case "Lowercase": return [.lowercase]
    case "Strip":
      return [.strip(left: json["strip_left"]?.bool ?? true, right: json["strip_right"]?.bool ?? true)]
    case "StripAccents": return [.map(removed: .accent, toSpace: [])]
    case "Nmt": return [.map(removed: .nmtRemoved, toSpace: .nmtSpace)]
    case "Prepend": return [.prepend(json["prepend"]?.bytes ?? [])]
    case "ByteLevel": return [.byteStandIns]
    case "Replace": return [try replacement(json, tables: tables)]
    case "BertNormalizer":
      return bert(
        cleans: json["clean_text"]?.bool ?? true, padsChinese: json["handle_chinese_chars"]?.bool ?? true,
        stripsAccents: json["strip_accents"]?.bool, lowercases: json["lowercase"]?.bool ?? true)
    case "Precompiled":
      guard let text = json["precompiled_charsmap"]?.bytes,
        let map = Base64.decode(text, padding: .optional)
      else { throw .malformed("the Precompiled normalizer's character map is not base64") }
      return map.isEmpty ? [] : [.characterMap(try CharacterMap(map))]
    default: throw .unsupported("the normalizer type \"\(type)\" is not known")
    }
  }

  static func bert(
    cleans: Bool, padsChinese: Bool, stripsAccents: Bool?, lowercases: Bool
  ) -> [NormalizationStep] {
    var steps: [NormalizationStep] = []
    if cleans { steps.append(.map(removed: .bertRemoved, toSpace: .bertSpace)) }
    if padsChinese { steps.append(.padChinese) }
    if stripsAccents ?? lowercases { steps += [.form(.nfd), .map(removed: .bertAccent, toSpace: [])] }
    if lowercases { steps.append(.lowercase) }
    return steps
  }

  private static func replacement(_ json: JSONValue, tables: UnicodeTables) throws(TokenizerError) -> NormalizationStep
  {
    let content = json["content"]?.bytes ?? []
    if let literal = json["pattern"]?["String"]?.bytes { return .replaceBytes(literal, with: content) }
    guard let regex = json["pattern"]?["Regex"]?.string else {
      throw .malformed("a Replace normalizer's pattern is neither a String nor a Regex")
    }
    return .replaceMatches(try SplitPattern(regex: regex, tables: tables), with: content)
  }
}
