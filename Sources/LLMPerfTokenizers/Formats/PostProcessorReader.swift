/// What a post-processor puts before and after the ids of one text.
struct SpecialTokenFrame: Equatable {
  private(set) var prefix: [UInt32] = []
  private(set) var suffix: [UInt32] = []

  /// Reads the `post_processor` of a `tokenizer.json`.
  init(_ json: JSONValue?) throws(TokenizerError) {
    var parts = [EncodedPart.text]
    if let json { try PostProcessorReader.apply(json, to: &parts) }
    var texts = 0
    for part in parts {
      if texts == 0 { prefix += part.before } else { suffix += part.before }
      if part.holdsText { texts += 1 }
      suffix += part.after
    }
    guard texts == 1 else { throw .unsupported("the post-processor has the text \(texts) times") }
  }
}

/// One of the encodings that post-processors hand on to each other: the text's, or a special token's.
private struct EncodedPart {
  static let text = EncodedPart(holdsText: true)

  var before: [UInt32] = []
  var holdsText: Bool
  /// Only of a part that holds the text.
  var after: [UInt32] = []

  mutating func append(_ id: UInt32) {
    if holdsText { after.append(id) } else { before.append(id) }
  }
}

private enum PostProcessorReader {
  /// Applies one post-processor to the parts that the one before it left; at first there is the text alone.
  static func apply(_ json: JSONValue, to parts: inout [EncodedPart]) throws(TokenizerError) {
    let type = json["type"]?.string ?? ""
    switch type {
    case "ByteLevel": break
    case "Sequence":
      for step in json["processors"]?.elements ?? [] { try apply(step, to: &parts) }
    case "BertProcessing", "RobertaProcessing":
      let beginning = try id(ofPair: json["cls"])
      let end = try id(ofPair: json["sep"])
      for index in parts.indices {
        if index == 0 {
          parts[index].before.insert(beginning, at: 0)
        } else if type == "RobertaProcessing" {
          parts[index].before.insert(end, at: 0)
        }
        parts[index].append(end)
      }
    case "TemplateProcessing": parts = try applyTemplate(json, to: parts)
    default: throw .unsupported("the post-processor type \"\(type)\" is not known")
    }
  }

  /// The id of a `["token", id]` pair.
  private static func id(ofPair json: JSONValue?) throws(TokenizerError) -> UInt32 {
    guard let parts = json?.elements, parts.count == 2, let id = parts[1].int, let id = UInt32(exactly: id) else {
      throw .malformed("a post-processor's cls or sep is not a token and an id")
    }
    return id
  }

  private static func applyTemplate(
    _ json: JSONValue, to parts: [EncodedPart]
  ) throws(TokenizerError) -> [EncodedPart] {
    guard parts.count <= 2 else {
      throw .unsupported("a TemplateProcessing follows post-processors that leave more than two parts")
    }
    var ids: [[UInt8]: [UInt32]] = [:]
    json["special_tokens"]?.forEachMember { name, value in
      ids[name.bytes ?? []] = value["ids"]?.elements.compactMap { $0.int.flatMap { UInt32(exactly: $0) } } ?? []
    }
    var result: [EncodedPart] = []
    for piece in json[parts.count == 1 ? "single" : "pair"]?.elements ?? [] {
      if let special = piece["SpecialToken"] {
        guard let name = special["id"]?.bytes, let known = ids[name] else {
          throw .malformed("the template names a special token that it does not define")
        }
        result.append(EncodedPart(before: known, holdsText: false))
      } else if let name = piece["Sequence"]?["id"]?.string, let index = ["A", "B"].firstIndex(of: name),
        index < parts.count
      {
        result.append(parts[index])
      } else {
        throw .unsupported("the template has a part that is not supported")
      }
    }
    return result
  }
}
