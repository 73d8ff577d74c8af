import Foundation
import Testing

@testable import LLMPerfTokenizers

/// One line of an oracle file: a text and the ids that the reference gives it.
struct OracleLine {
  var text: String
  var ids: [UInt32]
  /// The ids with the post-processor's tokens, where they differ.
  var idsWithSpecialTokens: [UInt32]?

  init?(_ json: JSONValue) {
    guard let text = json["text"]?.string, let ids = json["ids"]?.elements else { return nil }
    self.text = text
    self.ids = ids.compactMap { $0.int.map { UInt32($0) } }
    idsWithSpecialTokens = json["ids_special"]?.elements.compactMap { $0.int.map { UInt32($0) } }
  }
}

enum Fixture {
  static func path(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.resourceURL)
    return folder.appending(path: "Fixtures").appending(path: name).path
  }

  /// Calls `body` with each line of a file of JSON lines.
  static func forEachLine(of name: String, _ body: (JSONValue, UTF8Bytes) throws -> Void) throws {
    let file = try MappedFile(path: path(name))
    var lines = TextLines(file.bytes)
    while let line = lines.next() { try body(JSONDocument(text: line).root, line) }
  }

  static func oracle(_ name: String) throws -> [OracleLine] {
    var lines: [OracleLine] = []
    try forEachLine(of: name) { json, _ in lines += OracleLine(json).map { [$0] } ?? [] }
    return lines
  }

  /// The small tokenizers of features.jsonl, put together as text.
  static func features() throws -> [(name: String, json: [UInt8], lines: [OracleLine])] {
    var models: [String: [UInt8]] = [:]
    var features: [(name: String, json: [UInt8], lines: [OracleLine])] = []
    try forEachLine(of: "features.jsonl") { json, text in
      if let key = json["model"]?.string {
        let start = try #require(text.range(of: Array(#","json":"#.utf8)))
        models[key] = Array(text[start.upperBound..<(text.count - 1)])
        return
      }
      let name = try #require(json["name"]?.string)
      let key = try #require(json["tokenizer"]?["model"]?.string)
      let start = try #require(text.range(of: Array(#""tokenizer":"#.utf8)))
      let end = try #require(text.range(of: Array(#","cases":["#.utf8)))
      let mark = Array("\"model\":\"\(key)\"".utf8)
      var tokenizer = Array(text[start.upperBound..<end.lowerBound])
      let place = try #require(tokenizer.span.withUnsafeBufferPointer { $0.range(of: mark) })
      tokenizer.replaceSubrange(place, with: Array("\"model\":".utf8) + (try #require(models[key])))
      features.append((name, tokenizer, (json["cases"]?.elements ?? []).compactMap { OracleLine($0) }))
    }
    return features
  }
}

extension UnsafeBufferPointer<UInt8> {
  fileprivate func range(of pattern: [UInt8]) -> Range<Int>? {
    var position = 0
    while position + pattern.count <= count {
      if slice(position, count).hasPrefix(pattern) { return position..<position + pattern.count }
      position += 1
    }
    return nil
  }
}

/// A small generator whose numbers are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ state >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }

  /// A text of characters that tokenizers treat in different ways.
  mutating func text(length: Int) -> String {
    let letters = Array(
      "aabBéßZſ 的天あカ가ᄀ\u{1161}\u{11A8}٣½9 07\t\n\r\u{A0}\u{3000}\u{2028}'’.,!/-_=(▁Ġ€🙂🏽\u{200D}\u{FE0F}\u{301}\u{323}ǅʰStTlLvVeE"
        .unicodeScalars)
    var text = ""
    for _ in 0..<length { text.unicodeScalars.append(letters[Int.random(in: 0..<letters.count, using: &self)]) }
    return text
  }
}
