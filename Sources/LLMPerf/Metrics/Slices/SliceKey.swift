/// What parts a run into slices: requests with one value of the key are one slice.
///
/// Keys do not multiply: a request is in one slice of each key, and there is no slice of two keys at once.
public struct SliceKey: Sendable {
  /// Its name in reports: `class`.
  public let name: String
  /// Whether its slices follow each other in time, so that each has a run time of its own. Those of other keys share the run's.
  let partsTime: Bool
  /// The value of a request; nil where it has none, and is in no slice of the key.
  let value: @Sendable (RequestRecord) -> String?

  /// A key by this name.
  package init(_ name: String, partsTime: Bool = false, value: @escaping @Sendable (RequestRecord) -> String?) {
    self.name = name
    self.partsTime = partsTime
    self.value = value
  }

  /// The keys that every run is parted by.
  package static let all = [
    SliceKey("stage", partsTime: true) { $0.origin.stage.map { String($0) } },
    SliceKey("class") { $0.origin.class },
    SliceKey("turn") { band(ofTurn: $0.origin.turn) },
  ]

  /// The name of the band that a turn of a session is in, counted from 0: the first three have one each, later ones share.
  package static func band(ofTurn turn: Int) -> String {
    switch turn {
    case ...2: String(max(0, turn))
    case 3...5: "3-5"
    case 6...10: "6-10"
    case 11...20: "11-20"
    case 21...50: "21-50"
    default: "51 and later"
    }
  }
}
