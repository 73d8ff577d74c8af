/// What a post-processor puts before and after the ids of one text.
struct SpecialTokenFrame: Equatable {
  var prefix: [UInt32] = []
  var suffix: [UInt32] = []

  /// Reads the `post_processor` of a `tokenizer.json`.
  init(_ json: JSONValue?) throws(TokenizerError) {
    guard let json else { return }
    let type = json["type"]?.string ?? ""
    switch type {
    case "ByteLevel": break
    case "Sequence":
      var frame = SpecialTokenFrame()
      try json["processors"]?.forEachElement { (part) throws(TokenizerError) in
        let next = try SpecialTokenFrame(part)
        frame.prefix = next.prefix + frame.prefix
        frame.suffix += next.suffix
      }
      self = frame
    case "BertProcessing", "RobertaProcessing":
      prefix = [try Self.pair(json["cls"])]
      suffix = [try Self.pair(json["sep"])]
    case "TemplateProcessing": try readTemplate(json)
    default: throw .unsupported("the post-processor type \"\(type)\" is not known")
    }
  }

  init() {}

  /// The id of a `["token", id]` pair.
  private static func pair(_ json: JSONValue?) throws(TokenizerError) -> UInt32 {
    guard let parts = json?.elements, parts.count == 2, let id = parts[1].int, let id = UInt32(exactly: id) else {
      throw .malformed("a post-processor's cls or sep is not a token and an id")
    }
    return id
  }

  private mutating func readTemplate(_ json: JSONValue) throws(TokenizerError) {
    var ids: [[UInt8]: [UInt32]] = [:]
    json["special_tokens"]?.forEachMember { name, value in
      ids[name.bytes ?? []] = value["ids"]?.elements.compactMap { $0.int.flatMap { UInt32(exactly: $0) } } ?? []
    }
    var sequences = 0
    for piece in json["single"]?.elements ?? [] {
      if let special = piece["SpecialToken"] {
        guard let name = special["id"]?.bytes, let known = ids[name] else {
          throw .malformed("the template names a special token that it does not define")
        }
        if sequences == 0 { prefix += known } else { suffix += known }
      } else if piece["Sequence"]?["id"]?.string == "A" {
        sequences += 1
      } else {
        throw .unsupported("the template for a single text has a part that is not supported")
      }
    }
    guard sequences == 1 else { throw .unsupported("the template has the text \(sequences) times") }
  }
}
