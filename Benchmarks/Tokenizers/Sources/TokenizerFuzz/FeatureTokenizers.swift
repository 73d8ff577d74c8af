import Foundation

/// The small tokenizers of features.jsonl as texts; their models stand apart and are put in place as text.
enum FeatureTokenizers {
  static func read(_ path: String) -> [(name: String, json: [UInt8])] {
    guard let data = FileManager.default.contents(atPath: path) else { return [] }
    var models: [String: Data] = [:]
    var tokenizers: [(name: String, json: [UInt8])] = []
    for line in data.split(separator: 0x0A).map({ Data($0) }) {
      guard let object = try? JSONSerialization.jsonObject(with: line) as? [String: Any] else { continue }
      if let key = object["model"] as? String, let start = line.range(of: Data(#","json":"#.utf8))?.upperBound {
        models[key] = line[start..<line.index(before: line.endIndex)]
      } else if let name = object["name"] as? String, let tokenizer = object["tokenizer"] as? [String: Any],
        let key = tokenizer["model"] as? String, let model = models[key],
        let start = line.range(of: Data(#""tokenizer":"#.utf8))?.upperBound,
        let end = line.range(of: Data(#","cases":["#.utf8))?.lowerBound
      {
        var text = line[start..<end]
        guard let place = text.range(of: Data("\"model\":\"\(key)\"".utf8)) else { continue }
        text.replaceSubrange(place, with: Data(#""model":"#.utf8) + model)
        tokenizers.append((name, Array(text)))
      }
    }
    return tokenizers
  }
}
