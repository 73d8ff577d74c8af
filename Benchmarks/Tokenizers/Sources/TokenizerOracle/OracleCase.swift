import Foundation

/// One line of an oracle file: a text and the ids that the reference gives it.
struct OracleCase {
  var text: String
  var ids: [UInt32]
  /// The ids with the post-processor's tokens.
  var idsWithSpecialTokens: [UInt32]?

  init?(_ object: Any) {
    guard let fields = object as? [String: Any], let text = fields["text"] as? String,
      let ids = fields["ids"] as? [NSNumber]
    else { return nil }
    self.text = text
    self.ids = ids.map(\.uint32Value)
    idsWithSpecialTokens = (fields["ids_special"] as? [NSNumber])?.map(\.uint32Value)
  }

  /// The cases of a file of JSON lines.
  static func read(_ path: String) throws -> [OracleCase] {
    try lines(of: path).compactMap { OracleCase(try JSONSerialization.jsonObject(with: $0)) }
  }
}

/// The lines of a file that are not empty.
func lines(of path: String) throws -> [Data] {
  try Data(contentsOf: URL(fileURLWithPath: path)).split(separator: 0x0A).map { Data($0) }
}
