import Foundation

/// `features.jsonl`: small tokenizers, one feature each, with their cases.
struct FeatureFile {
  struct Feature {
    var name: String
    /// The text of the `tokenizer.json`.
    var json: [UInt8]
    var cases: [OracleCase]
  }

  private(set) var features: [Feature] = []

  /// Models come first and are named; a tokenizer has its model's name in the place of the model. They are put together
  /// as text, because parsing would merge keys that are canonically equal.
  init(path: String) throws {
    var models: [String: Data] = [:]
    for line in try lines(of: path) {
      guard let object = try JSONSerialization.jsonObject(with: line) as? [String: Any] else { continue }
      if let key = object["model"] as? String {
        guard let start = line.range(of: Data(#","json":"#.utf8))?.upperBound else { continue }
        models[key] = line[start..<line.index(before: line.endIndex)]
      } else if let name = object["name"] as? String, let tokenizer = object["tokenizer"] as? [String: Any],
        let key = tokenizer["model"] as? String, let model = models[key],
        let start = line.range(of: Data(#""tokenizer":"#.utf8))?.upperBound,
        let end = line.range(of: Data(#","cases":["#.utf8))?.lowerBound
      {
        var text = line[start..<end]
        guard let place = text.range(of: Data("\"model\":\"\(key)\"".utf8)) else { continue }
        text.replaceSubrange(place, with: Data(#""model":"#.utf8) + model)
        let cases = (object["cases"] as? [Any] ?? []).compactMap { OracleCase($0) }
        features.append(Feature(name: name, json: Array(text), cases: cases))
      }
    }
  }
}
